using System.Globalization;
using System.Text.Json;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// Reads single values of a frame. Each method stands on the value's first token and leaves on its last, whatever the
/// value is; <c>null</c> counts as absent.
/// </summary>
/// <remarks>
/// The frame is known to be UTF-8, but <see cref="Utf8JsonReader"/> throws <see cref="InvalidOperationException"/> when it
/// unescapes half of a surrogate pair (<c>"\ud800"</c>), which is well-formed JSON (RFC 8259 section 8.2).
/// </remarks>
internal static class JsonFields
{
    /// <summary>Bytes of one escaped UTF-16 unit, <c>\u0041</c>: the most that a character takes in JSON text.</summary>
    private const int MaxEscapeSize = 6;

    // We write three digits and Z; other servers of this protocol may write more digits or an offset.
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    /// <summary>The longest word (name of a field, type) that the protocol knows, with room to spare.</summary>
    public const int MaxWordLength = 24;

    /// <summary>Characters that <see cref="Word"/> needs as a buffer.</summary>
    public const int WordBufferLength = MaxWordLength * MaxEscapeSize;

    /// <summary>Copies the name or string the reader stands on, unescaped, without allocating.</summary>
    /// <returns>Its length in characters; 0 if it cannot be a word of the protocol.</returns>
    public static int Word(ref Utf8JsonReader reader, scoped Span<char> buffer)
    {
        if (reader.ValueSpan.Length > buffer.Length) return 0;
        try
        {
            return reader.CopyString(buffer);
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    public static Field<string> Text(ref Utf8JsonReader reader, int max)
    {
        if (reader.TokenType != JsonTokenType.String) return new(Skip(ref reader));
        // Bounded before it is copied.
        if (reader.ValueSpan.Length > (long)max * MaxEscapeSize) return new(FieldState.TooLong);
        try
        {
            return new(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return new(FieldState.NotUnicode);
        }
    }

    public static Field<long> Integer(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number) return new(Skip(ref reader));
        return reader.TryGetInt64(out var value) ? new(value) : new(FieldState.Mistyped);
    }

    public static Field<double> Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number) return new(Skip(ref reader));
        return reader.TryGetDouble(out var value) ? new(value) : new(FieldState.Mistyped);
    }

    public static Field<bool> Flag(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => new(true),
        JsonTokenType.False => new(false),
        _ => new(Skip(ref reader)),
    };

    public static Field<HistoryBound> Bound(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out var offset) ? new(HistoryBound.At(offset)) : new(FieldState.Mistyped);
        var cursor = Text(ref reader, Cursor.MaxTextLength);
        return cursor.IsPresent ? new(HistoryBound.At(cursor.Value)) : new(cursor.State);
    }

    public static Field<Guid> Guid(in Field<string> text)
    {
        if (!text.IsPresent) return new(text.State);
        return System.Guid.TryParseExact(text.Value, "D", out var id) ? new(id) : new(FieldState.Mistyped);
    }

    public static Field<DateTimeOffset> Time(ref Utf8JsonReader reader)
    {
        var text = Text(ref reader, 64);
        if (!text.IsPresent) return new(text.State);
        return DateTimeOffset.TryParseExact(text.Value, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new(time)
            : new(FieldState.Mistyped);
    }

    /// <summary>Passes over a value that is not wanted.</summary>
    public static FieldState Skip(ref Utf8JsonReader reader)
    {
        var state = reader.TokenType == JsonTokenType.Null ? FieldState.Absent : FieldState.Mistyped;
        reader.Skip();
        return state;
    }

    /// <summary>The bytes of the value the reader stands on, as they are in <paramref name="frame"/>.</summary>
    public static ReadOnlySpan<byte> Raw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> frame)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return frame[start..(int)reader.BytesConsumed];
    }
}
