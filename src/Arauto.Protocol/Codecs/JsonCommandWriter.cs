using System.Text.Json;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>Writes a client's commands as JSON.</summary>
internal static class JsonCommandWriter
{
    public static void Write(Utf8JsonWriter writer, ClientCommand command)
    {
        writer.WriteStartObject();
        switch (command)
        {
            case SubscribeCommand subscribe:
                Start(writer, "subscribe"u8, command, subscribe.Channel);
                WriteIf(writer, "since"u8, subscribe.Since);
                break;
            case UnsubscribeCommand unsubscribe: Start(writer, "unsubscribe"u8, command, unsubscribe.Channel); break;
            case PublishCommand publish: WritePublish(writer, publish); break;
            case EmitCommand emit: WriteEmit(writer, emit); break;
            case HistoryCommand history: WriteHistory(writer, history); break;
            case PresenceCommand presence: Start(writer, "presence"u8, command, presence.Channel); break;
            case TypingCommand typing: Start(writer, "typing"u8, command, typing.Channel); break;
            case ReceiptCommand receipt: WriteReceipt(writer, receipt); break;
            case AuthCommand auth:
                Start(writer, "auth"u8, command, null);
                writer.WriteString("token"u8, auth.Token);
                break;
            case PingCommand: Start(writer, "ping"u8, command, null); break;
            default: throw new NotSupportedException($"{command.GetType()} has no JSON form.");
        }
        writer.WriteEndObject();
    }

    private static void WritePublish(Utf8JsonWriter writer, PublishCommand publish)
    {
        Start(writer, "publish"u8, publish, publish.Channel);
        writer.WriteString("event"u8, publish.Event);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(publish.Data.IsEmpty ? JsonPayload.Null.Span : publish.Data.Span, skipInputValidation: true);
        WriteIf(writer, "key"u8, publish.Key);
        WriteIf(writer, "correlation_id"u8, publish.CorrelationId);
    }

    private static void WriteEmit(Utf8JsonWriter writer, EmitCommand emit)
    {
        Start(writer, "emit"u8, emit, null);
        writer.WriteString("gateway"u8, emit.Gateway);
        writer.WriteString("event"u8, emit.Event);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(emit.Data.IsEmpty ? JsonPayload.EmptyArray.Span : emit.Data.Span, skipInputValidation: true);
    }

    private static void WriteHistory(Utf8JsonWriter writer, HistoryCommand history)
    {
        Start(writer, "history"u8, history, history.Channel);
        WriteBound(writer, "before"u8, history.Before);
        WriteBound(writer, "after"u8, history.After);
        if (history.Limit is { } limit) writer.WriteNumber("limit"u8, limit);
    }

    private static void WriteReceipt(Utf8JsonWriter writer, ReceiptCommand receipt)
    {
        Start(writer, "receipt"u8, receipt, receipt.Channel);
        if (receipt.Delivered is { } delivered) writer.WriteNumber("delivered"u8, delivered);
        if (receipt.Read is { } read) writer.WriteNumber("read"u8, read);
    }

    private static void WriteBound(Utf8JsonWriter writer, ReadOnlySpan<byte> name, HistoryBound? bound)
    {
        if (bound is not { } value) return;
        if (value.Cursor is { } cursor) writer.WriteString(name, cursor);
        else writer.WriteNumber(name, value.Offset);
    }

    private static void Start(Utf8JsonWriter writer, ReadOnlySpan<byte> type, ClientCommand command, string? channel)
    {
        writer.WriteString("type"u8, type);
        if (command.Id is { } id) writer.WriteNumber("id"u8, id);
        WriteIf(writer, "channel"u8, channel);
    }

    private static void WriteIf(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }
}
