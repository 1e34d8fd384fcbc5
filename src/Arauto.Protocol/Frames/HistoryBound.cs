namespace Arauto.Protocol.Frames;

/// <summary>One end of a history query: an offset, or a cursor as the server handed it out.</summary>
public readonly struct HistoryBound
{
    private HistoryBound(long offset, string? cursor)
    {
        Offset = offset;
        Cursor = cursor;
    }

    /// <summary>The offset; meaningless when <see cref="Cursor"/> is set.</summary>
    public long Offset { get; }

    /// <summary>The cursor, or <see langword="null"/> when the bound is an offset.</summary>
    public string? Cursor { get; }

    /// <summary>A bound at an offset.</summary>
    public static HistoryBound At(long offset) => new(offset, null);

    /// <summary>A bound at a cursor.</summary>
    public static HistoryBound At(string cursor) => new(0, cursor);

    /// <summary>Reads the form used in query strings: digits are an offset, anything else a cursor.</summary>
    public static HistoryBound Parse(string text) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var offset) ? At(offset) : At(text);
}
