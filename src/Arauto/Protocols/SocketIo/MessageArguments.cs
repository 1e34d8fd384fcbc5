using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Arauto.Gateways;
using Arauto.Gateways.Arguments;
using Arauto.Protocol.Frames;

namespace Arauto.Protocols.SocketIo;

/// <summary>The arguments of an event as data and envelope of a message, and back.</summary>
internal static class MessageArguments
{
    /// <summary>The data that other protocols see: the first argument, with binary values as base64 text; <c>null</c> if there is none.</summary>
    public static ReadOnlyMemory<byte> DataOf(EventArguments arguments)
    {
        if (arguments.Count == 0) return "null"u8.ToArray();
        var first = arguments.Count == 1 ? arguments.Json[1..^1] : arguments.TextOf(0);
        return arguments.Attachments.Count == 0 ? first : WithBase64(first.Span, arguments.Attachments);
    }

    /// <summary>All arguments as a JSON array, with binary values as base64 text.</summary>
    public static ReadOnlyMemory<byte> AsJson(EventArguments arguments) =>
        arguments.Attachments.Count == 0 ? arguments.Json : WithBase64(arguments.Json.Span, arguments.Attachments);

    /// <summary>Whether the data says it all.</summary>
    public static bool IsDataOnly(EventArguments arguments) => arguments.Count == 1 && arguments.Attachments.Count == 0;

    /// <summary>The arguments of a message. One that came from another protocol has a second one that says where and when.</summary>
    public static EventArguments Of(MessageFrame message) => message.Envelope is { } envelope ? Of(message.Data, envelope) : OfOther(message);

    /// <summary>The arguments of data and envelope.</summary>
    public static EventArguments Of(ReadOnlyMemory<byte> data, MessageEnvelope envelope)
    {
        if (!envelope.Arguments.IsEmpty) return new EventArguments(envelope.Arguments, [.. envelope.Attachments]);
        byte[] one = [(byte)'[', .. data.Span, (byte)']'];
        return new EventArguments(one, []);
    }

    private static EventArguments OfOther(MessageFrame message)
    {
        var output = new ArrayBufferWriter<byte>(message.Data.Length + 256);
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartArray();
        writer.WriteRawValue(message.Data.Span, skipInputValidation: true);
        writer.WriteStartObject();
        writer.WriteString("channel"u8, message.Channel);
        writer.WriteString("id"u8, message.Id);
        writer.WriteNumber("offset"u8, message.Position.Offset);
        writer.WriteString("timestamp"u8, message.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        if (message.From is { } from) writer.WriteString("from"u8, from);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.Flush();
        return new EventArguments(output.WrittenSpan.ToArray(), []);
    }

    private static byte[] WithBase64(ReadOnlySpan<byte> text, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var output = new ArrayBufferWriter<byte>(text.Length);
        var copied = 0;
        foreach (var placeholder in Placeholder.FindAll(text))
        {
            output.Write(text[copied..placeholder.Start]);
            var bytes = attachments[placeholder.Number].Span;
            var quoted = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
            quoted[0] = (byte)'"';
            Base64.EncodeToUtf8(bytes, quoted[1..], out _, out var written);
            quoted[written + 1] = (byte)'"';
            output.Advance(written + 2);
            copied = placeholder.End;
        }
        output.Write(text[copied..]);
        return output.WrittenSpan.ToArray();
    }
}
