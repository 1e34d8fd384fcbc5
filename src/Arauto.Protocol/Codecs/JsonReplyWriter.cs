using System.Text.Json;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>Writes the fields of replies as JSON. Their kinds are told apart by their fields.</summary>
internal static class JsonReplyWriter
{
    public static void WriteFields(Utf8JsonWriter writer, ReplyFrame frame)
    {
        writer.WriteString("type"u8, "reply"u8);
        writer.WriteNumber("id"u8, frame.Id);
        switch (frame)
        {
            case DoneReply: break;
            case PublishReply publish: WriteOutcome(writer, publish.Outcome); break;
            case EmitReply emit:
                writer.WritePropertyName("data"u8);
                writer.WriteRawValue(emit.Data.Span, skipInputValidation: true);
                break;
            case SubscribeReply subscribe:
                writer.WriteString("channel"u8, subscribe.Channel);
                JsonFrameWriter.WriteCursor(writer, subscribe.Cursor, subscribe.Channel, subscribe.Position);
                JsonFrameWriter.WritePlace(writer, subscribe.Position);
                writer.WriteBoolean("resumed"u8, subscribe.Resumed);
                break;
            case HistoryReply history: WriteHistory(writer, history); break;
            case PresenceReply presence: WritePresence(writer, presence); break;
            case ReceiptsReply receipts: WriteReceipts(writer, receipts); break;
            case AuthReply auth:
                writer.WriteString("user"u8, auth.User);
                if (auth.Expires is { } expires) JsonFrameWriter.WriteTime(writer, "expires"u8, expires);
                break;
            default: throw new NotSupportedException($"{frame.GetType()} has no JSON form.");
        }
    }

    public static void WriteMarks(Utf8JsonWriter writer, Receipt receipt)
    {
        writer.WriteString("user"u8, receipt.User);
        writer.WriteNumber("delivered"u8, receipt.Delivered);
        writer.WriteNumber("read"u8, receipt.Read);
    }

    private static void WriteOutcome(Utf8JsonWriter writer, PublishOutcome outcome)
    {
        writer.WriteString("message"u8, outcome.MessageId);
        JsonFrameWriter.WritePlace(writer, outcome.Position);
        writer.WriteBoolean("durable"u8, outcome.Durable);
        writer.WriteString("fanout"u8, outcome.Fanout.Word());
        writer.WriteString("correlation_id"u8, outcome.CorrelationId);
    }

    private static void WriteHistory(Utf8JsonWriter writer, HistoryReply history)
    {
        writer.WriteString("channel"u8, history.Channel);
        writer.WriteStartArray("messages"u8);
        foreach (var message in history.Messages)
        {
            writer.WriteStartObject();
            JsonFrameWriter.WriteMessage(writer, message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        JsonFrameWriter.WriteCursor(writer, history.Cursor, history.Channel, history.Position);
        JsonFrameWriter.WritePlace(writer, history.Position);
        writer.WriteBoolean("more"u8, history.More);
    }

    private static void WritePresence(Utf8JsonWriter writer, PresenceReply presence)
    {
        writer.WriteString("channel"u8, presence.Channel);
        writer.WriteStartArray("users"u8);
        foreach (var user in presence.Users)
        {
            writer.WriteStartObject();
            writer.WriteString("user"u8, user.User);
            writer.WriteNumber("connections"u8, user.Connections);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteReceipts(Utf8JsonWriter writer, ReceiptsReply receipts)
    {
        writer.WriteString("channel"u8, receipts.Channel);
        writer.WriteStartArray("receipts"u8);
        foreach (var receipt in receipts.Receipts)
        {
            writer.WriteStartObject();
            WriteMarks(writer, receipt);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
