namespace Arauto.Server.CommandLine;

/// <summary>JSON as one line.</summary>
internal static class JsonLine
{
    /// <summary>
    /// The same bytes with line breaks replaced by spaces: in valid JSON they only stand between tokens, where a
    /// publisher that indents its payload puts them.
    /// </summary>
    public static ReadOnlySpan<byte> Of(ReadOnlyMemory<byte> json)
    {
        if (!json.Span.ContainsAny((byte)'\n', (byte)'\r')) return json.Span;
        var line = json.ToArray();
        foreach (ref var b in line.AsSpan())
            if (b is (byte)'\n' or (byte)'\r') b = (byte)' ';
        return line;
    }
}
