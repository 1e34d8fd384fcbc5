using System.Globalization;
using System.Text.Json;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>Writes the server's frames as JSON.</summary>
internal static class JsonFrameWriter
{
    public static void Write(Utf8JsonWriter writer, ServerFrame frame)
    {
        writer.WriteStartObject();
        switch (frame)
        {
            case MessageFrame message: WriteMessage(writer, message); break;
            case ReplyFrame reply: JsonReplyWriter.WriteFields(writer, reply); break;
            case ConnectedFrame connected: WriteConnected(writer, connected); break;
            case ErrorFrame error: WriteError(writer, error); break;
            case PongFrame pong:
                writer.WriteString("type"u8, "pong"u8);
                if (pong.Id is { } id) writer.WriteNumber("id"u8, id);
                break;
            case HeartbeatFrame heartbeat:
                writer.WriteString("type"u8, "heartbeat"u8);
                writer.WriteString("status"u8, heartbeat.Status);
                break;
            case PresenceFrame presence:
                Start(writer, "presence"u8, presence.Channel);
                writer.WriteString("action"u8, presence.Joined ? FrameWords.Join : FrameWords.Leave);
                writer.WriteString("user"u8, presence.User);
                break;
            case TypingFrame typing:
                Start(writer, "typing"u8, typing.Channel);
                writer.WriteString("user"u8, typing.User);
                break;
            case ReceiptFrame receipt:
                Start(writer, "receipt"u8, receipt.Channel);
                JsonReplyWriter.WriteMarks(writer, receipt.Receipt);
                break;
            case GapFrame gap: WriteGap(writer, gap); break;
            case MoveFrame move:
                writer.WriteString("type"u8, "move"u8);
                writer.WriteNumber("after"u8, move.After);
                writer.WriteString("reason"u8, move.Reason);
                break;
            default: throw new NotSupportedException($"{frame.GetType()} has no JSON form.");
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields of a message, without the braces.</summary>
    public static void WriteMessage(Utf8JsonWriter writer, MessageFrame message)
    {
        Start(writer, message.Event, message.Channel);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(message.Data.Span, skipInputValidation: true);
        WriteTime(writer, "timestamp"u8, message.Timestamp);
        writer.WriteString("id"u8, message.Id);
        WritePlace(writer, message.Position);
        if (message.From is not null) writer.WriteString("from"u8, message.From);
        WriteCursor(writer, message.Cursor, message.Channel, message.Position);
    }

    public static void WritePlace(Utf8JsonWriter writer, Position position)
    {
        writer.WriteNumber("offset"u8, position.Offset);
        Span<byte> epoch = stackalloc byte[16];
        position.Epoch.Format(epoch);
        writer.WriteString("epoch"u8, epoch);
    }

    public static void WriteCursor(Utf8JsonWriter writer, string? cursor, string channel, Position position)
    {
        if (cursor is not null)
        {
            writer.WriteString("cursor"u8, cursor);
            return;
        }
        Span<byte> text = stackalloc byte[Cursor.MaxSingleLength];
        writer.WriteString("cursor"u8, text[..Cursor.Encode(channel, position, text)]);
    }

    // RFC 3339 with milliseconds and Z, always 24 characters.
    public static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[24];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    private static void WriteConnected(Utf8JsonWriter writer, ConnectedFrame connected)
    {
        writer.WriteString("type"u8, "connected"u8);
        writer.WriteString("connection"u8, connected.Connection);
        writer.WriteString("user"u8, connected.User);
        writer.WriteString("node"u8, connected.Node);
        writer.WriteStartObject("heartbeat"u8);
        writer.WriteNumber("interval"u8, connected.HeartbeatInterval);
        writer.WriteNumber("timeout"u8, connected.HeartbeatTimeout);
        writer.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter writer, ErrorFrame error)
    {
        writer.WriteString("type"u8, "error"u8);
        if (error.Id is { } id) writer.WriteNumber("id"u8, id);
        writer.WriteString("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.RetryAfter is { } seconds) writer.WriteNumber("retry_after"u8, seconds);
        if (error.Channel is not null) writer.WriteString("channel"u8, error.Channel);
    }

    private static void WriteGap(Utf8JsonWriter writer, GapFrame gap)
    {
        Start(writer, "gap"u8, gap.Channel);
        writer.WriteNumber("from"u8, gap.From);
        writer.WriteNumber("to"u8, gap.To);
        writer.WriteString("reason"u8, gap.Reason.Word());
    }

    private static void Start(Utf8JsonWriter writer, ReadOnlySpan<byte> type, string channel)
    {
        writer.WriteString("type"u8, type);
        writer.WriteString("channel"u8, channel);
    }

    private static void Start(Utf8JsonWriter writer, string type, string channel)
    {
        writer.WriteString("type"u8, type);
        writer.WriteString("channel"u8, channel);
    }
}
