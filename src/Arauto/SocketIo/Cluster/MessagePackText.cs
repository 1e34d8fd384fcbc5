using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Arauto.Gateways.Arguments;
using Arauto.MessagePack;

namespace Arauto.SocketIo.Cluster;

/// <summary>Turns MessagePack into JSON with attachments, and back.</summary>
internal static class MessagePackText
{
    /// <summary>As JavaScript writes dates of four-digit years. Its dates reach further than .NET's; what is beyond becomes null.</summary>
    private const string DateFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Reads one value that is all there is.</summary>
    /// <returns><see langword="false"/> if the bytes are not sound, nested too deeply, or hold beside binary what receivers would take for it.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out PeerText text)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(256, bytes.Length));
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        var attachments = new List<ReadOnlyMemory<byte>>();
        var reader = new MessagePackReader(bytes);
        text = default;
        if (!TryCopy(ref reader, json, attachments, depth: 0) || !reader.IsAtEnd) return false;
        json.Flush();
        text = new PeerText(output.WrittenMemory, attachments);
        return attachments.Count == 0 || Placeholder.FindAll(output.WrittenSpan).Count == attachments.Count;
    }

    /// <summary>Writes a text.</summary>
    public static ReadOnlyMemory<byte> Write(in PeerText text)
    {
        using var document = JsonDocument.Parse(text.Json, new JsonDocumentOptions { MaxDepth = PeerText.MaxDepth });
        var output = new ArrayBufferWriter<byte>(Math.Max(256, text.Json.Length));
        Write(document.RootElement, new MessagePackWriter(output), text.Attachments);
        return output.WrittenMemory;
    }

    private static bool TryCopy(ref MessagePackReader reader, Utf8JsonWriter json, List<ReadOnlyMemory<byte>> attachments, int depth)
    {
        if (depth > PeerText.MaxDepth || !reader.TryRead(out var value)) return false;
        switch (value.Kind)
        {
            case MessagePackKind.Nil: json.WriteNullValue(); break;
            case MessagePackKind.Boolean: json.WriteBooleanValue(value.Integer != 0); break;
            case MessagePackKind.Integer: json.WriteNumberValue(value.Integer); break;
            case MessagePackKind.Unsigned: json.WriteNumberValue((ulong)value.Integer); break;
            case MessagePackKind.Float when double.IsFinite(value.Float): json.WriteNumberValue(value.Float); break;
            case MessagePackKind.Float: json.WriteNullValue(); break;
            case MessagePackKind.Text: json.WriteStringValue(value.Bytes.Span); break;
            case MessagePackKind.Timestamp: WriteDate(json, value.Integer); break;
            case MessagePackKind.Binary:
                WritePlaceholder(json, attachments.Count);
                attachments.Add(value.Bytes);
                break;
            case MessagePackKind.Array: return TryCopyArray(ref reader, json, attachments, value.Integer, depth);
            case MessagePackKind.Map: return TryCopyMap(ref reader, json, attachments, value.Integer, depth);
        }
        return true;
    }

    private static bool TryCopyArray(ref MessagePackReader reader, Utf8JsonWriter json, List<ReadOnlyMemory<byte>> attachments, long count, int depth)
    {
        json.WriteStartArray();
        for (long i = 0; i < count; i++)
            if (!TryCopy(ref reader, json, attachments, depth + 1)) return false;
        json.WriteEndArray();
        return true;
    }

    private static bool TryCopyMap(ref MessagePackReader reader, Utf8JsonWriter json, List<ReadOnlyMemory<byte>> attachments, long count, int depth)
    {
        json.WriteStartObject();
        for (long i = 0; i < count; i++)
        {
            if (!reader.TryRead(out var key)) return false;
            switch (key.Kind)
            {
                case MessagePackKind.Text: json.WritePropertyName(key.Bytes.Span); break;
                case MessagePackKind.Integer: json.WritePropertyName(key.Integer.ToString(CultureInfo.InvariantCulture)); break;
                default: return false;
            }
            if (!TryCopy(ref reader, json, attachments, depth + 1)) return false;
        }
        json.WriteEndObject();
        return true;
    }

    /// <summary>As JavaScript writes a date into JSON.</summary>
    private static void WriteDate(Utf8JsonWriter json, long milliseconds)
    {
        var (least, most) = (DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        if (milliseconds < least || milliseconds > most) json.WriteNullValue();
        else json.WriteStringValue(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString(DateFormat, CultureInfo.InvariantCulture));
    }

    private static void WritePlaceholder(Utf8JsonWriter json, int number)
    {
        json.WriteStartObject();
        json.WriteBoolean("_placeholder"u8, true);
        json.WriteNumber("num"u8, number);
        json.WriteEndObject();
    }

    private static void Write(JsonElement value, MessagePackWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: writer.WriteNil(); break;
            case JsonValueKind.True or JsonValueKind.False: writer.WriteBoolean(value.ValueKind == JsonValueKind.True); break;
            case JsonValueKind.Number: WriteNumber(value, writer); break;
            case JsonValueKind.String: writer.WriteText(TextOf(JsonMarshal.GetRawUtf8Value(value))); break;
            case JsonValueKind.Array:
                writer.WriteArray(value.GetArrayLength());
                foreach (var element in value.EnumerateArray()) Write(element, writer, attachments);
                break;
            case JsonValueKind.Object when attachments.Count > 0 && NumberOf(value) is { } number:
                writer.WriteBinary(attachments[number].Span);
                break;
            case JsonValueKind.Object:
                writer.WriteMap(value.GetPropertyCount());
                foreach (var member in value.EnumerateObject())
                {
                    writer.WriteText(NameOf(member));
                    Write(member.Value, writer, attachments);
                }
                break;
        }
    }

    private static void WriteNumber(JsonElement value, MessagePackWriter writer)
    {
        if (value.TryGetInt64(out var integer)) writer.WriteInteger(integer);
        else if (value.TryGetUInt64(out var unsigned)) writer.WriteInteger(unsigned);
        else writer.WriteFloat(value.GetDouble());
    }

    /// <summary>The number of the attachment that an object stands for. By hand, since looking a member up fails at a name with half of a surrogate pair.</summary>
    private static int? NumberOf(JsonElement value)
    {
        var isMarked = false;
        int? number = null;
        foreach (var member in value.EnumerateObject())
        {
            if (NameOf(member).SequenceEqual("_placeholder"u8)) isMarked = member.Value.ValueKind == JsonValueKind.True;
            else if (NameOf(member).SequenceEqual("num"u8) && member.Value.ValueKind == JsonValueKind.Number) number = member.Value.GetInt32();
        }
        return isMarked ? number : null;
    }

    private static ReadOnlySpan<byte> NameOf(JsonProperty member) => TextOf(JsonMarshal.GetRawUtf8PropertyName(member));

    /// <summary>The UTF-8 of a text as it stands in JSON, with or without its quotation marks.</summary>
    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> raw)
    {
        if (raw is [(byte)'"', .. var inner, (byte)'"']) raw = inner;
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(Unescape(Encoding.UTF8.GetString(raw))) : raw;
    }

    /// <summary>By hand, since half of a surrogate pair may stand there as an escape, which is sound JSON and no text; it becomes the replacement character.</summary>
    private static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }
            switch (text[++i])
            {
                case 'b': result.Append('\b'); break;
                case 'f': result.Append('\f'); break;
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                case 't': result.Append('\t'); break;
                case 'u':
                    result.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 4;
                    break;
                default: result.Append(text[i]); break;
            }
        }
        return result.ToString();
    }
}
