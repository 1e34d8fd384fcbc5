namespace Arauto.Protocol;

/// <summary>An error to be told to the client: what is wrong and how to mend it.</summary>
/// <param name="Code">The catalogue's code.</param>
/// <param name="Message">One English sentence that names the field or limit.</param>
/// <param name="RetryAfter">When to try again; <see langword="null"/> if waiting does not help.</param>
public sealed record ProtocolError(ErrorCode Code, string Message, TimeSpan? RetryAfter = null);
