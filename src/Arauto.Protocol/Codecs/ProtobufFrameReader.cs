using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;
using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>Reads a server's Protocol Buffers frame into the same fields as the JSON reader.</summary>
internal static class ProtobufFrameReader
{
    private static readonly MessageParser<Wire.ServerFrame> Parser = Wire.ServerFrame.Parser.WithDiscardUnknownFields(true);

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error)
    {
        frame = null;
        if (!ProtobufFields.TryParse(Parser, bytes, out var wire, out error)) return false;
        var fields = new FrameFields();
        ReadFrame(wire, ref fields);
        return FrameBuilder.TryBuild(fields, out frame, out error);
    }

    private static void ReadFrame(Wire.ServerFrame wire, ref FrameFields fields)
    {
        switch (wire.FrameCase)
        {
            case Wire.ServerFrame.FrameOneofCase.Message: ReadMessage(wire.Message, ref fields); break;
            case Wire.ServerFrame.FrameOneofCase.Reply: ReadReply(wire.Reply, ref fields); break;
            case Wire.ServerFrame.FrameOneofCase.Connected: ReadConnected(wire.Connected, ref fields); break;
            case Wire.ServerFrame.FrameOneofCase.Error: ReadError(wire.Error, ref fields); break;
            case Wire.ServerFrame.FrameOneofCase.Pong:
                fields.Kind = FrameKind.Pong;
                if (wire.Pong.HasId) fields.Id = ProtobufFields.Unsigned(wire.Pong.Id);
                break;
            case Wire.ServerFrame.FrameOneofCase.Heartbeat:
                fields.Kind = FrameKind.Heartbeat;
                fields.Status = ProtobufFields.Text(wire.Heartbeat.Status);
                break;
            case Wire.ServerFrame.FrameOneofCase.Presence:
                fields.Kind = FrameKind.Presence;
                fields.Channel = ProtobufFields.Text(wire.Presence.Channel);
                fields.Action = ProtobufFields.Text(wire.Presence.Action);
                fields.User = ProtobufFields.Text(wire.Presence.User);
                break;
            case Wire.ServerFrame.FrameOneofCase.Typing:
                fields.Kind = FrameKind.Typing;
                fields.Channel = ProtobufFields.Text(wire.Typing.Channel);
                fields.User = ProtobufFields.Text(wire.Typing.User);
                break;
            case Wire.ServerFrame.FrameOneofCase.Receipt:
                fields.Kind = FrameKind.Receipt;
                fields.Channel = ProtobufFields.Text(wire.Receipt.Channel);
                ReadMarks(wire.Receipt.User, wire.Receipt.Delivered, wire.Receipt.Read, ref fields);
                break;
            case Wire.ServerFrame.FrameOneofCase.Gap: ReadGap(wire.Gap, ref fields); break;
            case Wire.ServerFrame.FrameOneofCase.Move:
                fields.Kind = FrameKind.Move;
                fields.After = new(wire.Move.After);
                fields.Reason = ProtobufFields.Text(wire.Move.Reason);
                break;
            default:
                fields.Problem = new ProtocolError(ErrorCode.InvalidMessage, "The field \"frame\" of ServerFrame is missing, or of a newer version.");
                break;
        }
    }

    private static void ReadMessage(Wire.Message message, ref FrameFields fields)
    {
        fields.Kind = FrameKind.Message;
        fields.Type = ProtobufFields.Text(message.Type);
        fields.Channel = ProtobufFields.Text(message.Channel);
        fields.Data = message.Data.IsEmpty ? JsonPayload.Null : message.Data.Memory;
        fields.Problem = JsonPayload.Check(fields.Data.Span);
        fields.Timestamp = ProtobufFields.Time(message.Timestamp);
        fields.MessageId = ProtobufFields.Guid(message.Id);
        ReadPlace(message.Offset, message.Epoch, message.Cursor, ref fields);
        if (message.HasFrom) fields.From = new(message.From);
    }

    private static void ReadReply(Wire.Reply reply, ref FrameFields fields)
    {
        switch (reply.ResultCase)
        {
            case Wire.Reply.ResultOneofCase.Published: ReadPublished(reply.Published, ref fields); break;
            case Wire.Reply.ResultOneofCase.Acknowledgement:
                fields.Kind = FrameKind.EmitReply;
                fields.Data = reply.Acknowledgement.Data.Memory;
                fields.Problem = JsonPayload.Check(fields.Data.Span);
                break;
            case Wire.Reply.ResultOneofCase.Subscribed:
                fields.Kind = FrameKind.SubscribeReply;
                fields.Channel = ProtobufFields.Text(reply.Subscribed.Channel);
                ReadPlace(reply.Subscribed.Offset, reply.Subscribed.Epoch, reply.Subscribed.Cursor, ref fields);
                fields.Resumed = new(reply.Subscribed.Resumed);
                break;
            case Wire.Reply.ResultOneofCase.History: ReadHistory(reply.History, ref fields); break;
            case Wire.Reply.ResultOneofCase.Presence: ReadUsers(reply.Presence, ref fields); break;
            case Wire.Reply.ResultOneofCase.Receipts: ReadReceipts(reply.Receipts, ref fields); break;
            case Wire.Reply.ResultOneofCase.Authenticated:
                fields.Kind = FrameKind.AuthReply;
                fields.User = ProtobufFields.Text(reply.Authenticated.User);
                if (reply.Authenticated.HasExpires) fields.Expires = ProtobufFields.Time(reply.Authenticated.Expires);
                break;
            default: fields.Kind = FrameKind.DoneReply; break;
        }
        fields.Id = ProtobufFields.Unsigned(reply.Id);
    }

    private static void ReadPublished(Wire.Published published, ref FrameFields fields)
    {
        fields.Kind = FrameKind.PublishReply;
        fields.MessageId = ProtobufFields.Guid(published.Message);
        ReadPlace(published.Offset, published.Epoch, "", ref fields);
        fields.Durable = new(published.Durable);
        fields.Fanout = ProtobufFields.Text(published.Fanout);
        fields.CorrelationId = ProtobufFields.Text(published.CorrelationId);
    }

    private static void ReadHistory(Wire.HistoryPage page, ref FrameFields fields)
    {
        fields.Kind = FrameKind.HistoryReply;
        fields.Channel = ProtobufFields.Text(page.Channel);
        ReadPlace(page.Offset, page.Epoch, page.Cursor, ref fields);
        fields.More = new(page.More);
        var checks = new FieldChecks();
        var messages = new List<MessageFrame>(page.Messages.Count);
        foreach (var message in page.Messages)
        {
            var item = new FrameFields();
            ReadMessage(message, ref item);
            checks.Refuse(item.Problem);
            messages.Add(FrameBuilder.Message(item, ref checks));
        }
        fields.Messages = new(messages);
        fields.Problem = checks.Error;
    }

    private static void ReadUsers(Wire.PresentUsers users, ref FrameFields fields)
    {
        fields.Kind = FrameKind.PresenceReply;
        fields.Channel = ProtobufFields.Text(users.Channel);
        var checks = new FieldChecks();
        var list = new List<PresentUser>(users.Users.Count);
        foreach (var user in users.Users)
        {
            var item = new FrameFields { User = ProtobufFields.Text(user.User), Connections = new(user.Connections) };
            list.Add(FrameBuilder.User(item, ref checks));
        }
        fields.Users = new(list);
        fields.Problem = checks.Error;
    }

    private static void ReadReceipts(Wire.Receipts receipts, ref FrameFields fields)
    {
        fields.Kind = FrameKind.ReceiptsReply;
        fields.Channel = ProtobufFields.Text(receipts.Channel);
        var checks = new FieldChecks();
        var list = new List<Receipt>(receipts.Receipts_.Count);
        foreach (var receipt in receipts.Receipts_)
        {
            var item = new FrameFields();
            ReadMarks(receipt.User, receipt.Delivered, receipt.Read, ref item);
            list.Add(FrameBuilder.Marks(item, ref checks));
        }
        fields.Receipts = new(list);
        fields.Problem = checks.Error;
    }

    private static void ReadConnected(Wire.Connected connected, ref FrameFields fields)
    {
        fields.Kind = FrameKind.Connected;
        fields.Connection = ProtobufFields.Text(connected.Connection);
        fields.User = ProtobufFields.Text(connected.User);
        fields.Node = ProtobufFields.Text(connected.Node);
        if (connected.Heartbeat is not { } heartbeat) return;
        fields.Interval = new(heartbeat.Interval);
        fields.Timeout = new(heartbeat.Timeout);
    }

    private static void ReadError(Wire.Error error, ref FrameFields fields)
    {
        fields.Kind = FrameKind.Error;
        if (error.HasId) fields.Id = ProtobufFields.Unsigned(error.Id);
        fields.Code = ProtobufFields.Text(error.Code);
        fields.Message = ProtobufFields.Text(error.Message);
        if (error.HasRetryAfter) fields.RetryAfter = new(error.RetryAfter);
        if (error.HasChannel) fields.Channel = new(error.Channel);
    }

    private static void ReadGap(Wire.Gap gap, ref FrameFields fields)
    {
        fields.Kind = FrameKind.Gap;
        fields.Channel = ProtobufFields.Text(gap.Channel);
        fields.GapFrom = new(gap.From);
        fields.GapTo = new(gap.To);
        fields.Reason = ProtobufFields.Text(gap.Reason);
    }

    private static void ReadMarks(string user, long delivered, long read, ref FrameFields fields)
    {
        fields.User = ProtobufFields.Text(user);
        fields.Delivered = new(delivered);
        fields.Read = new(read);
    }

    private static void ReadPlace(long offset, string epoch, string cursor, ref FrameFields fields)
    {
        fields.Offset = new(offset);
        fields.Epoch = ProtobufFields.Text(epoch);
        fields.Cursor = ProtobufFields.Text(cursor);
    }
}
