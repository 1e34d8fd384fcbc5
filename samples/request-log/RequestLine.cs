namespace Arauto.Samples.RequestLog;

/// <summary>A request that was answered.</summary>
/// <param name="Number">Its place among all since the start.</param>
/// <param name="Time">When it came.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path and the names of the query's parameters. Their values may be secrets, and so are left out.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record RequestLine(long Number, DateTimeOffset Time, string Method, string Path, int Status, double Milliseconds);
