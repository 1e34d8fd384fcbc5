using Arauto.Protocol.Frames;
using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>Maps a client's commands to Protocol Buffers.</summary>
internal static class ProtobufCommandWriter
{
    public static Wire.ClientFrame ToWire(ClientCommand command)
    {
        var frame = new Wire.ClientFrame();
        if (command.Id is { } id) frame.Id = (ulong)id;
        switch (command)
        {
            case SubscribeCommand subscribe:
                frame.Subscribe = new Wire.Subscribe { Channel = subscribe.Channel };
                if (subscribe.Since is not null) frame.Subscribe.Since = subscribe.Since;
                break;
            case UnsubscribeCommand unsubscribe: frame.Unsubscribe = new Wire.Unsubscribe { Channel = unsubscribe.Channel }; break;
            case PublishCommand publish: frame.Publish = ToWire(publish); break;
            case EmitCommand emit:
                frame.Emit = new Wire.Emit { Gateway = emit.Gateway, Event = emit.Event, Data = UnsafeByteOperations.UnsafeWrap(emit.Data) };
                break;
            case HistoryCommand history: frame.History = ToWire(history); break;
            case PresenceCommand presence: frame.Presence = new Wire.Presence { Channel = presence.Channel }; break;
            case TypingCommand typing: frame.Typing = new Wire.Typing { Channel = typing.Channel }; break;
            case ReceiptCommand receipt: frame.Receipt = ToWire(receipt); break;
            case AuthCommand auth: frame.Auth = new Wire.Auth { Token = auth.Token }; break;
            case PingCommand: frame.Ping = new Wire.Ping(); break;
            default: throw new NotSupportedException($"{command.GetType()} has no Protocol Buffers form.");
        }
        return frame;
    }

    private static Wire.Publish ToWire(PublishCommand publish)
    {
        var wire = new Wire.Publish
        {
            Channel = publish.Channel,
            Event = publish.Event,
            Data = UnsafeByteOperations.UnsafeWrap(publish.Data),
        };
        if (publish.Key is not null) wire.Key = publish.Key;
        if (publish.CorrelationId is not null) wire.CorrelationId = publish.CorrelationId;
        return wire;
    }

    private static Wire.History ToWire(HistoryCommand history)
    {
        var wire = new Wire.History { Channel = history.Channel, Before = ToWire(history.Before), After = ToWire(history.After) };
        if (history.Limit is { } limit) wire.Limit = limit;
        return wire;
    }

    private static Wire.HistoryBound? ToWire(HistoryBound? bound) => bound switch
    {
        null => null,
        { Cursor: { } cursor } => new Wire.HistoryBound { Cursor = cursor },
        { } value => new Wire.HistoryBound { Offset = value.Offset },
    };

    private static Wire.MarkReceipt ToWire(ReceiptCommand receipt)
    {
        var wire = new Wire.MarkReceipt { Channel = receipt.Channel };
        if (receipt.Delivered is { } delivered) wire.Delivered = delivered;
        if (receipt.Read is { } read) wire.Read = read;
        return wire;
    }
}
