using Arauto.Protocol;

namespace Arauto.Server.Demo.Map;

/// <summary>What became of an edit.</summary>
/// <param name="Current">The object as it is now; <see langword="null"/> if there is none.</param>
/// <param name="Error">Why the edit was refused; <see langword="null"/> if the object is as the edit wants it.</param>
internal sealed record EditResult<T>(T? Current, ProtocolError? Error)
    where T : MapObject
{
    public static EditResult<T> Saved(T current) => new(current, null);

    /// <summary>The object is not there, as the edit wants it.</summary>
    public static EditResult<T> Gone { get; } = new(null, null);

    public static EditResult<T> Refused(ErrorCode code, string message, T? current = null) => new(current, new ProtocolError(code, message));
}
