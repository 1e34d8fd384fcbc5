using Arauto.Protocol.Frames;
using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>Maps the server's frames to Protocol Buffers.</summary>
internal static class ProtobufFrameWriter
{
    public static Wire.ServerFrame ToWire(ServerFrame frame) => frame switch
    {
        MessageFrame message => new Wire.ServerFrame { Message = ToWire(message) },
        ReplyFrame reply => new Wire.ServerFrame { Reply = ToWire(reply) },
        ConnectedFrame connected => new Wire.ServerFrame { Connected = ToWire(connected) },
        ErrorFrame error => new Wire.ServerFrame { Error = ToWire(error) },
        PongFrame pong => new Wire.ServerFrame { Pong = ToWire(pong) },
        HeartbeatFrame heartbeat => new Wire.ServerFrame { Heartbeat = new Wire.Heartbeat { Status = heartbeat.Status } },
        PresenceFrame presence => new Wire.ServerFrame
        {
            Presence = new Wire.PresenceChange { Channel = presence.Channel, Action = presence.Joined ? FrameWords.Join : FrameWords.Leave, User = presence.User },
        },
        TypingFrame typing => new Wire.ServerFrame { Typing = new Wire.TypingUser { Channel = typing.Channel, User = typing.User } },
        ReceiptFrame receipt => new Wire.ServerFrame
        {
            Receipt = new Wire.ReceiptChange { Channel = receipt.Channel, User = receipt.Receipt.User, Delivered = receipt.Receipt.Delivered, Read = receipt.Receipt.Read },
        },
        GapFrame gap => new Wire.ServerFrame { Gap = new Wire.Gap { Channel = gap.Channel, From = gap.From, To = gap.To, Reason = gap.Reason.Word() } },
        MoveFrame move => new Wire.ServerFrame { Move = new Wire.Move { After = move.After, Reason = move.Reason } },
        _ => throw new NotSupportedException($"{frame.GetType()} has no Protocol Buffers form."),
    };

    private static Wire.Message ToWire(MessageFrame message)
    {
        var wire = new Wire.Message
        {
            Type = message.Event,
            Channel = message.Channel,
            Data = UnsafeByteOperations.UnsafeWrap(message.Data),
            Timestamp = message.Timestamp.ToUnixTimeMilliseconds(),
            Id = message.Id.ToString("D"),
            Offset = message.Position.Offset,
            Epoch = message.Position.Epoch.ToString(),
            Cursor = message.Cursor ?? Cursor.Encode(message.Channel, message.Position),
        };
        if (message.From is not null) wire.From = message.From;
        return wire;
    }

    private static Wire.Reply ToWire(ReplyFrame reply)
    {
        var wire = new Wire.Reply { Id = (ulong)reply.Id };
        switch (reply)
        {
            case DoneReply: break;
            case PublishReply publish: wire.Published = ToWire(publish.Outcome); break;
            case EmitReply emit: wire.Acknowledgement = new Wire.Acknowledgement { Data = UnsafeByteOperations.UnsafeWrap(emit.Data) }; break;
            case SubscribeReply subscribe:
                wire.Subscribed = new Wire.Subscribed
                {
                    Channel = subscribe.Channel,
                    Cursor = subscribe.Cursor ?? Cursor.Encode(subscribe.Channel, subscribe.Position),
                    Offset = subscribe.Position.Offset,
                    Epoch = subscribe.Position.Epoch.ToString(),
                    Resumed = subscribe.Resumed,
                };
                break;
            case HistoryReply history: wire.History = ToWire(history); break;
            case PresenceReply presence:
                wire.Presence = new Wire.PresentUsers { Channel = presence.Channel };
                foreach (var user in presence.Users) wire.Presence.Users.Add(new Wire.PresentUser { User = user.User, Connections = user.Connections });
                break;
            case ReceiptsReply receipts:
                wire.Receipts = new Wire.Receipts { Channel = receipts.Channel };
                foreach (var receipt in receipts.Receipts)
                    wire.Receipts.Receipts_.Add(new Wire.Receipt { User = receipt.User, Delivered = receipt.Delivered, Read = receipt.Read });
                break;
            case AuthReply auth:
                wire.Authenticated = new Wire.Authenticated { User = auth.User };
                if (auth.Expires is { } expires) wire.Authenticated.Expires = expires.ToUnixTimeMilliseconds();
                break;
            default: throw new NotSupportedException($"{reply.GetType()} has no Protocol Buffers form.");
        }
        return wire;
    }

    private static Wire.Published ToWire(PublishOutcome outcome) => new()
    {
        Message = outcome.MessageId.ToString("D"),
        Offset = outcome.Position.Offset,
        Epoch = outcome.Position.Epoch.ToString(),
        Durable = outcome.Durable,
        Fanout = outcome.Fanout.Word(),
        CorrelationId = outcome.CorrelationId,
    };

    private static Wire.HistoryPage ToWire(HistoryReply history)
    {
        var wire = new Wire.HistoryPage
        {
            Channel = history.Channel,
            Cursor = history.Cursor ?? Cursor.Encode(history.Channel, history.Position),
            Offset = history.Position.Offset,
            Epoch = history.Position.Epoch.ToString(),
            More = history.More,
        };
        foreach (var message in history.Messages) wire.Messages.Add(ToWire(message));
        return wire;
    }

    private static Wire.Connected ToWire(ConnectedFrame connected) => new()
    {
        Connection = connected.Connection,
        User = connected.User,
        Node = connected.Node,
        Heartbeat = new Wire.HeartbeatTimes { Interval = connected.HeartbeatInterval, Timeout = connected.HeartbeatTimeout },
    };

    private static Wire.Error ToWire(ErrorFrame error)
    {
        var wire = new Wire.Error { Code = error.Code, Message = error.Message };
        if (error.Id is { } id) wire.Id = (ulong)id;
        if (error.RetryAfter is { } seconds) wire.RetryAfter = seconds;
        if (error.Channel is not null) wire.Channel = error.Channel;
        return wire;
    }

    private static Wire.Pong ToWire(PongFrame pong)
    {
        var wire = new Wire.Pong();
        if (pong.Id is { } id) wire.Id = (ulong)id;
        return wire;
    }
}
