using System.Buffers;
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
        return InlineBinary.Write(first, arguments.Attachments);
    }

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
}
