using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports;

/// <summary>Turns error frames into exceptions.</summary>
internal static class ErrorFrames
{
    /// <summary>The error as callers see it.</summary>
    public static ArautoException ToException(this ErrorFrame error) => new(error.Code, error.Message, ServerSeconds.Read(error.RetryAfter));
}
