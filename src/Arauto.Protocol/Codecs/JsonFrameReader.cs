using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// Reads a server's JSON frame in one pass. A type that is not a reserved word is a message; replies are told apart by
/// their fields; unknown fields are skipped, so that a newer server may send more.
/// </summary>
internal static class JsonFrameReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = NativeLimits.MaxServerDepth };

    private delegate T Build<T>(in FrameFields fields, ref FieldChecks checks);

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error)
    {
        var fields = new FrameFields();
        frame = null;
        error = ReadFrame(bytes, ref fields);
        return error is null && FrameBuilder.TryBuild(fields, out frame, out error);
    }

    private static ProtocolError? ReadFrame(ReadOnlySpan<byte> bytes, ref FrameFields fields)
    {
        if (!Utf8.IsValid(bytes)) return JsonFault.NotUtf8("frame");
        var reader = new Utf8JsonReader(bytes, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return JsonFault.NotObject("frame");
            ReadObject(ref reader, bytes, ref fields);
            reader.Read(); // Refuses bytes after the object.
        }
        catch (JsonException fault)
        {
            return JsonFault.NotJson("frame", fault, NativeLimits.MaxServerDepth);
        }
        fields.Kind = KindOf(ref fields);
        return null;
    }

    private static FrameKind KindOf(ref FrameFields fields)
    {
        if (!fields.Type.IsPresent) return FrameKind.Unknown;
        switch (fields.Type.Value)
        {
            case "reply": return ReplyKindOf(ref fields);
            case "connected": return FrameKind.Connected;
            case "error": return FrameKind.Error;
            case "pong": return FrameKind.Pong;
            case "heartbeat": return FrameKind.Heartbeat;
            case "presence": return FrameKind.Presence;
            case "typing": return FrameKind.Typing;
            case "receipt": return FrameKind.Receipt;
            case "gap": return FrameKind.Gap;
            case "move": return FrameKind.Move;
            default: return ReservedWords.Contains(fields.Type.Value) ? FrameKind.Unknown : FrameKind.Message;
        }
    }

    private static FrameKind ReplyKindOf(ref FrameFields fields)
    {
        if (fields.Message.State != FieldState.Absent)
        {
            fields.MessageId = JsonFields.Guid(fields.Message);
            return FrameKind.PublishReply;
        }
        if (!fields.Data.IsEmpty) return FrameKind.EmitReply;
        if (fields.Messages.State != FieldState.Absent) return FrameKind.HistoryReply;
        if (fields.Resumed.State != FieldState.Absent) return FrameKind.SubscribeReply;
        if (fields.Users.State != FieldState.Absent) return FrameKind.PresenceReply;
        if (fields.Receipts.State != FieldState.Absent) return FrameKind.ReceiptsReply;
        return fields.User.State != FieldState.Absent ? FrameKind.AuthReply : FrameKind.DoneReply;
    }

    private static void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, ref FrameFields fields)
    {
        Span<char> buffer = stackalloc char[JsonFields.WordBufferLength];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = buffer[..JsonFields.Word(ref reader, buffer)];
            reader.Read();
            if (!ReadText(name, ref reader, ref fields) && !ReadValue(name, ref reader, ref fields)) ReadNested(name, ref reader, bytes, ref fields);
        }
    }

    private static bool ReadText(scoped ReadOnlySpan<char> name, ref Utf8JsonReader reader, ref FrameFields fields)
    {
        switch (name)
        {
            case "type": fields.Type = Text(ref reader); break;
            case "channel": fields.Channel = JsonFields.Text(ref reader, ChannelName.MaxLength); break;
            case "epoch": fields.Epoch = Text(ref reader); break;
            case "cursor": fields.Cursor = Text(ref reader); break;
            case "connection": fields.Connection = Text(ref reader); break;
            case "user": fields.User = Text(ref reader); break;
            case "node": fields.Node = Text(ref reader); break;
            case "code": fields.Code = Text(ref reader); break;
            case "message": fields.Message = Text(ref reader); break;
            case "status": fields.Status = Text(ref reader); break;
            case "action": fields.Action = Text(ref reader); break;
            case "reason": fields.Reason = Text(ref reader); break;
            case "fanout": fields.Fanout = Text(ref reader); break;
            case "correlation_id": fields.CorrelationId = Text(ref reader); break;
            default: return false;
        }
        return true;
    }

    private static bool ReadValue(scoped ReadOnlySpan<char> name, ref Utf8JsonReader reader, ref FrameFields fields)
    {
        var isText = reader.TokenType == JsonTokenType.String;
        switch (name)
        {
            // A command's id is a number and a message's a UUID; a message's "from" is a user and a gap's an offset.
            case "id" when isText: fields.MessageId = JsonFields.Guid(Text(ref reader)); break;
            case "id": fields.Id = JsonFields.Integer(ref reader); break;
            case "from" when isText: fields.From = Text(ref reader); break;
            case "from": fields.GapFrom = JsonFields.Integer(ref reader); break;
            case "to": fields.GapTo = JsonFields.Integer(ref reader); break;
            case "timestamp": fields.Timestamp = JsonFields.Time(ref reader); break;
            case "expires": fields.Expires = JsonFields.Time(ref reader); break;
            case "offset": fields.Offset = JsonFields.Integer(ref reader); break;
            case "interval": fields.Interval = JsonFields.Integer(ref reader); break;
            case "timeout": fields.Timeout = JsonFields.Integer(ref reader); break;
            case "delivered": fields.Delivered = JsonFields.Integer(ref reader); break;
            case "read": fields.Read = JsonFields.Integer(ref reader); break;
            case "connections": fields.Connections = JsonFields.Integer(ref reader); break;
            case "retry_after": fields.RetryAfter = JsonFields.Number(ref reader); break;
            case "after": fields.After = JsonFields.Number(ref reader); break;
            case "durable": fields.Durable = JsonFields.Flag(ref reader); break;
            case "resumed": fields.Resumed = JsonFields.Flag(ref reader); break;
            case "more": fields.More = JsonFields.Flag(ref reader); break;
            default: return false;
        }
        return true;
    }

    private static void ReadNested(scoped ReadOnlySpan<char> name, ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, ref FrameFields fields)
    {
        switch (name)
        {
            case "data": fields.Data = JsonFields.Raw(ref reader, bytes).ToArray(); break;
            case "messages": fields.Messages = ReadArray<MessageFrame>(ref reader, bytes, FrameBuilder.Message, ref fields.Problem); break;
            case "users": fields.Users = ReadArray<PresentUser>(ref reader, bytes, FrameBuilder.User, ref fields.Problem); break;
            case "receipts": fields.Receipts = ReadArray<Receipt>(ref reader, bytes, FrameBuilder.Marks, ref fields.Problem); break;
            case "heartbeat" when reader.TokenType == JsonTokenType.StartObject:
                var times = new FrameFields();
                ReadObject(ref reader, bytes, ref times);
                (fields.Interval, fields.Timeout) = (times.Interval, times.Timeout);
                break;
            default: reader.Skip(); break;
        }
    }

    private static Field<IReadOnlyList<T>> ReadArray<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, Build<T> build, ref ProtocolError? problem)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return new(JsonFields.Skip(ref reader));
        var items = new List<T>();
        var checks = new FieldChecks();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = new FrameFields();
            if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, bytes, ref item);
            else reader.Skip();
            checks.Refuse(item.Problem);
            items.Add(build(item, ref checks));
        }
        problem ??= checks.Error;
        return new(items);
    }

    private static Field<string> Text(ref Utf8JsonReader reader) => JsonFields.Text(ref reader, NativeLimits.MaxServerText);
}
