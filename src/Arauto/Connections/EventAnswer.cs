namespace Arauto.Connections;

/// <summary>What came of an event: the arguments of its acknowledgement, or why it failed.</summary>
/// <param name="Arguments">A JSON array as UTF-8.</param>
/// <param name="Code">The word for the failure, a word of the application's or of the catalogue; <see langword="null"/> if it succeeded.</param>
/// <param name="Message">Why it failed.</param>
/// <param name="RetryAfter">How long to wait before the next try, in seconds, where that helps.</param>
internal readonly record struct EventAnswer(ReadOnlyMemory<byte> Arguments, string? Code = null, string? Message = null, double? RetryAfter = null);
