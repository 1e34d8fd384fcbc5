using System.Text.Json;
using System.Text.Unicode;

namespace Arauto.Gateways.Arguments;

/// <summary>Looks at the JSON text of arguments without making objects of it.</summary>
internal static class ArgumentText
{
    /// <summary>Levels of arrays and objects that input may have, the array of the arguments included.</summary>
    public const int MaxDepth = 64;

    /// <summary>For text that we wrote ourselves or have checked before.</summary>
    public static readonly JsonReaderOptions Trusted = new() { MaxDepth = int.MaxValue };

    /// <summary>Whether <paramref name="json"/> is exactly one array, in UTF-8. Never throws.</summary>
    public static bool IsArray(ReadOnlySpan<byte> json) => IsValue(json, JsonTokenType.StartArray, MaxDepth);

    /// <summary>Whether <paramref name="json"/> is exactly one object, in UTF-8. Never throws.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json, int maxDepth = MaxDepth) => IsValue(json, JsonTokenType.StartObject, maxDepth);

    /// <summary>A copy of a sound array without space around it; without elements exactly <c>[]</c>.</summary>
    public static byte[] CopyArray(ReadOnlySpan<byte> json)
    {
        var array = json.Trim(" \t\r\n"u8);
        return array[1..^1].Trim(" \t\r\n"u8).IsEmpty ? "[]"u8.ToArray() : array.ToArray();
    }

    /// <summary>Where each element of the array stands.</summary>
    public static Range[] Split(ReadOnlySpan<byte> array)
    {
        var ranges = new List<Range>();
        var reader = new Utf8JsonReader(array, Trusted);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            ranges.Add(start..(int)reader.BytesConsumed);
        }
        return [.. ranges];
    }

    /// <summary>The text as an element that owns its memory.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Trusted);
        return JsonElement.ParseValue(ref reader);
    }

    private static bool IsValue(ReadOnlySpan<byte> json, JsonTokenType start, int maxDepth)
    {
        // The reader does not look at the bytes of strings it passes over.
        if (!Utf8.IsValid(json)) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != start) return false;
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
