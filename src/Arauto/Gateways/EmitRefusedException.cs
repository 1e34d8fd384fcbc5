using Arauto.Protocol;

namespace Arauto.Gateways;

/// <summary>An event could not be emitted: it is too large or for too many rooms, its name cannot be used in the room's channel, or the log is away.</summary>
public sealed class EmitRefusedException : InvalidOperationException
{
    internal EmitRefusedException(ProtocolError error)
        : base(error.Message)
    {
        Code = error.Code;
        RetryAfter = error.RetryAfter;
    }

    /// <summary>Why. With <see cref="ErrorCode.Unavailable"/> it may be tried again.</summary>
    public ErrorCode Code { get; }

    /// <summary>How long to wait before the next try, where that helps.</summary>
    public TimeSpan? RetryAfter { get; }
}
