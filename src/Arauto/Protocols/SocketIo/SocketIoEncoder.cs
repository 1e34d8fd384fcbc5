using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Arauto.Gateways;
using Arauto.Transports.WebSockets;

namespace Arauto.Protocols.SocketIo;

/// <summary>
/// Writes packets of the server as whole, unmasked WebSocket frames: a text frame with the digit of an Engine.IO message, then
/// one binary frame per attachment. One encoding serves all receivers, also those that poll.
/// </summary>
internal static class SocketIoEncoder
{
    /// <summary>Engine.IO's packet type for a message.</summary>
    private const string Message = "4";

    /// <summary>A namespace is joined.</summary>
    /// <param name="output">Takes the frame.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="sid">The id of the socket.</param>
    /// <param name="pid">The secret with which it can be recovered; <see langword="null"/> if it cannot.</param>
    public static void Connect(IBufferWriter<byte> output, string ns, string sid, string? pid = null)
    {
        var payload = new ArrayBufferWriter<byte>(64);
        using var json = JsonTo(payload);
        json.WriteStartObject();
        json.WriteString("sid"u8, sid);
        if (pid is not null) json.WriteString("pid"u8, pid);
        json.WriteEndObject();
        json.Flush();
        WriteText(output, Head(SocketIoPacketKind.Connect, 0, ns, null), payload.WrittenSpan);
    }

    /// <summary>A namespace is refused.</summary>
    /// <param name="output">Takes the frame.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="message">Why.</param>
    /// <param name="data">More about it, as JSON; may be empty.</param>
    public static void ConnectError(IBufferWriter<byte> output, string ns, string message, ReadOnlySpan<byte> data = default)
    {
        var payload = new ArrayBufferWriter<byte>(64);
        using var json = JsonTo(payload);
        json.WriteStartObject();
        json.WriteString("message"u8, message);
        if (!data.IsEmpty)
        {
            json.WritePropertyName("data"u8);
            json.WriteRawValue(data);
        }
        json.WriteEndObject();
        json.Flush();
        WriteText(output, Head(SocketIoPacketKind.ConnectError, 0, ns, null), payload.WrittenSpan);
    }

    /// <summary>The server leaves a namespace.</summary>
    public static void Disconnect(IBufferWriter<byte> output, string ns) => WriteText(output, Head(SocketIoPacketKind.Disconnect, 0, ns, null));

    /// <summary>An event.</summary>
    /// <param name="output">Takes the frames.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="id">The number under which an answer is expected, if one is.</param>
    /// <param name="name">The name of the event.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="offset">What becomes the last argument: the position for a recovery, in characters that JSON need not escape; may be empty.</param>
    public static void Event(IBufferWriter<byte> output, string ns, long? id, string name, EventArguments arguments, ReadOnlySpan<byte> offset = default)
    {
        var kind = arguments.Attachments.Count > 0 ? SocketIoPacketKind.BinaryEvent : SocketIoPacketKind.Event;
        var values = arguments.Json.Span[1..^1];
        var opening = $"{Head(kind, arguments.Attachments.Count, ns, id)}[\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"{(values.IsEmpty ? "" : ",")}";
        WriteText(output, opening, values, offset.IsEmpty ? "]"u8 : [.. ",\""u8, .. offset, .. "\"]"u8]);
        WriteAttachments(output, arguments);
    }

    /// <summary>The answer to an event.</summary>
    public static void Ack(IBufferWriter<byte> output, string ns, long id, EventArguments arguments)
    {
        var kind = arguments.Attachments.Count > 0 ? SocketIoPacketKind.BinaryAck : SocketIoPacketKind.Ack;
        WriteText(output, Head(kind, arguments.Attachments.Count, ns, id), arguments.Json.Span);
        WriteAttachments(output, arguments);
    }

    private static string Head(SocketIoPacketKind kind, int attachments, string ns, long? id)
    {
        var count = attachments > 0 ? $"{attachments}-" : "";
        var place = ns == "/" ? "" : ns + ",";
        return $"{Message}{(int)kind}{count}{place}{id}";
    }

    private static Utf8JsonWriter JsonTo(ArrayBufferWriter<byte> payload) => new(payload, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static void WriteText(IBufferWriter<byte> output, string head, ReadOnlySpan<byte> payload = default, ReadOnlySpan<byte> end = default)
    {
        var headBytes = Encoding.UTF8.GetByteCount(head);
        var length = headBytes + payload.Length + end.Length;
        var frame = output.GetSpan(WebSocketFrameHeader.MaxBytes + length);
        var header = WebSocketFrameHeader.Write(frame, WebSocketOpcode.Text, length);
        var text = frame[header..];
        Encoding.UTF8.GetBytes(head, text);
        payload.CopyTo(text[headBytes..]);
        end.CopyTo(text[(headBytes + payload.Length)..]);
        output.Advance(header + length);
    }

    private static void WriteAttachments(IBufferWriter<byte> output, EventArguments arguments)
    {
        foreach (var attachment in arguments.Attachments)
        {
            var frame = output.GetSpan(WebSocketFrameHeader.MaxBytes);
            output.Advance(WebSocketFrameHeader.Write(frame, WebSocketOpcode.Binary, attachment.Length));
            output.Write(attachment.Span);
        }
    }
}
