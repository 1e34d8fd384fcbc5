using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Arauto.Gateways.Arguments;

/// <summary>The object that stands for a binary value in JSON text: <c>{"_placeholder":true,"num":0}</c>.</summary>
/// <param name="Start">Where the object begins in the text.</param>
/// <param name="End">The first byte behind it.</param>
/// <param name="Number">The number of the attachment; -1 if it is not a number that an attachment can have.</param>
internal readonly record struct Placeholder(int Start, int End, int Number)
{
    /// <summary>All placeholders of a sound JSON text, in its order.</summary>
    public static List<Placeholder> FindAll(ReadOnlySpan<byte> json)
    {
        var found = new List<Placeholder>();
        var reader = new Utf8JsonReader(json, ArgumentText.Trusted);
        reader.Read();
        Visit(ref reader, found);
        return found;
    }

    /// <summary>Reads the object on whose first token the reader stands, and leaves it on its last.</summary>
    /// <returns>The number of the attachment, or <see langword="null"/> if the object is no placeholder.</returns>
    public static int? Read(ref Utf8JsonReader reader)
    {
        var found = new List<Placeholder>(1);
        var start = reader.TokenStartIndex;
        Visit(ref reader, found);
        return found is [var only] && only.Start == start ? only.Number : null;
    }

    /// <summary>Whether there is an attachment for each of <paramref name="placeholders"/>.</summary>
    public static bool AllReferTo(int attachments, List<Placeholder> placeholders)
    {
        foreach (var placeholder in placeholders)
            if ((uint)placeholder.Number >= (uint)attachments) return false;
        return true;
    }

    /// <summary>The text with its placeholders written anew, numbered upwards from <paramref name="first"/>.</summary>
    public static byte[] Renumber(ReadOnlySpan<byte> json, List<Placeholder> placeholders, int first)
    {
        var text = new ArrayBufferWriter<byte>(json.Length + 8);
        var copied = 0;
        foreach (var placeholder in placeholders)
        {
            text.Write(json[copied..placeholder.Start]);
            Write(text, first++);
            copied = placeholder.End;
        }
        text.Write(json[copied..]);
        return text.WrittenSpan.ToArray();
    }

    /// <summary>Writes the placeholder of an attachment.</summary>
    public static void Write(IBufferWriter<byte> text, int number)
    {
        text.Write("{\"_placeholder\":true,\"num\":"u8);
        Utf8Formatter.TryFormat(number, text.GetSpan(11), out var digits);
        text.Advance(digits);
        text.Write("}"u8);
    }

    private static void Visit(ref Utf8JsonReader reader, List<Placeholder> found)
    {
        if (reader.TokenType == JsonTokenType.StartObject) VisitObject(ref reader, found);
        else if (reader.TokenType == JsonTokenType.StartArray)
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Visit(ref reader, found);
    }

    private static void VisitObject(ref Utf8JsonReader reader, List<Placeholder> found)
    {
        var start = (int)reader.TokenStartIndex;
        var before = found.Count;
        var marked = false;
        var number = -1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isMark = IsName(ref reader, "_placeholder"u8);
            var isNumber = !isMark && IsName(ref reader, "num"u8);
            reader.Read();
            if (isMark) marked = reader.TokenType == JsonTokenType.True;
            if (isNumber) number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : -1;
            Visit(ref reader, found);
        }
        if (!marked) return;
        // What is inside a placeholder is not looked at by any reader of this protocol.
        found.RemoveRange(before, found.Count - before);
        found.Add(new Placeholder(start, (int)reader.BytesConsumed, number));
    }

    private static bool IsName(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        try
        {
            return reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair as an escape, which is well-formed JSON.
            return false;
        }
    }
}
