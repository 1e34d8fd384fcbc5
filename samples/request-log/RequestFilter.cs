namespace Arauto.Samples.RequestLog;

/// <summary>Which lines somebody wants to see; what is empty excludes nothing.</summary>
/// <param name="Text">What the path contains, in any case.</param>
/// <param name="Method">The method.</param>
/// <param name="Status">The status, or how it begins: 404, 4.</param>
internal sealed record RequestFilter(string Text = "", string Method = "", string Status = "")
{
    private const int MaxText = 100;

    /// <summary>Whether it is one that a person may have typed.</summary>
    public bool IsSensible => Text.Length <= MaxText && Method.Length <= MaxText && Status.Length <= 3;

    public bool Matches(RequestLine line) =>
        line.Path.Contains(Text, StringComparison.OrdinalIgnoreCase)
        && (Method.Length == 0 || line.Method.Equals(Method, StringComparison.OrdinalIgnoreCase))
        && $"{line.Status}".StartsWith(Status, StringComparison.Ordinal);
}
