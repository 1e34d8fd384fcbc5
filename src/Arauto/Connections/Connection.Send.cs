using System.Runtime.InteropServices;
using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    /// <summary>The most bytes of one write: enough that a write's fixed cost does not show, small beside the socket's buffer.</summary>
    private const int MaxWriteBytes = 64 * 1024;

    private static readonly Func<Subscription, bool> MayDrop = subscription => subscription.Rule.SlowConsumer != SlowConsumerPolicy.Disconnect;

    private OutboundQueue? _queue;
    private bool _isTouched;
    private bool _isSending;

    private long QueuedBytes => _queue?.Bytes ?? 0;

    private int QueueLimit => _node.Options.Limits.OutboundQueueBytes;

    /// <inheritdoc/>
    public void SendCompleted() => Lane.Post(new Posted(this, static connection =>
    {
        connection._isSending = false;
        connection.Flush();
    }));

    /// <summary>Queues a message for a subscription. No allocation for a connection that keeps up.</summary>
    /// <returns>Whether it will be sent on this connection now or by the replay under way.</returns>
    public bool Deliver(Subscription subscription, SharedFrame frame)
    {
        if (_isClosing) return false;
        if (subscription.CatchUp is { } catchUp)
        {
            catchUp.Hold(frame);
            return false;
        }
        var message = frame.Message!;
        if (subscription.Has(message.Position)) return false;
        subscription.Sent = message.Position;
        if (_room is not null && message.Envelope is { } envelope && !_room.Concerns(envelope, _subscriptions)) return false;
        EnqueueMessage(subscription, message, _catchUps > 0 && Recovers ? EncodeWithPlaces(message) : frame.In(_format));
        return true;
    }

    /// <summary>Queues something that is not kept; dropped for a connection that is behind, so that it never delays the rest.</summary>
    public void DeliverEphemeral(SharedFrame frame)
    {
        if (_isClosing) return;
        var ephemeral = frame.Frame as EphemeralEventFrame;
        if (_room is not null && ephemeral is not null && !_room.Concerns(ephemeral.Envelope, _subscriptions)) return;
        if (_isSending && QueuedBytes > QueueLimit / 4 && ephemeral is not { MayDrop: false })
        {
            _node.Metrics.EphemeralDropped();
            return;
        }
        EnqueueControl(frame.In(_format));
    }

    /// <summary>Tells a subscription that messages are gone from the log, and where the channel goes on.</summary>
    public void Skip(Subscription subscription, GapFrame gap, Position next)
    {
        if (_isClosing) return;
        if (subscription.CatchUp is { } catchUp)
        {
            catchUp.Miss();
            return;
        }
        if (subscription.Sent.Epoch == next.Epoch && subscription.Sent.Offset >= next.Offset) return;
        if (IsSocket)
        {
            BreakOff();
            return;
        }
        subscription.Sent = next;
        SendGap(subscription, gap);
    }

    /// <summary>Writes what waits and goes on with replays that had no room. Called by the lane at the end of each turn in which the connection was touched.</summary>
    public void Flush()
    {
        _isTouched = false;
        Write();
        ContinueCatchUps();
    }

    /// <summary>One write per 64 KiB of what waits, until the socket takes no more.</summary>
    private void Write()
    {
        if (_isSending || _isClosing || _queue is null) return;
        var frames = Lane.SendScratch;
        while (TakeBatch(frames))
        {
            var canTakeMore = _transport.Send(CollectionsMarshal.AsSpan(frames));
            frames.Clear();
            if (canTakeMore) continue;
            _isSending = true;
            break;
        }
        if (_queue is { IsEmpty: true })
        {
            Lane.Queues.Return(_queue);
            _queue = null;
        }
    }

    /// <summary>Queues a frame of this connection alone.</summary>
    private void SendControl(ServerFrame frame)
    {
        if (_isClosing || !_isOpen) return;
        EnqueueControl(_format.Encode(frame));
    }

    private void EnqueueControl(ReadOnlyMemory<byte> bytes, OutboundKind kind = OutboundKind.Control)
    {
        // An answer that has not begun may still become a refusal.
        if (bytes.IsEmpty || (_starting is not null && !_transport.HearsPeer)) return;
        Enqueue(new OutboundFrame { Kind = kind, Bytes = bytes });
    }

    private void SendError(ProtocolError error, long? id, string? channel)
    {
        _node.Metrics.ErrorSent(error.Code);
        SendControl(new ErrorFrame
        {
            Id = id,
            Code = error.Code.Word(),
            Message = error.Message,
            RetryAfter = error.RetryAfter is { } wait ? Math.Round(wait.TotalSeconds, 3) : null,
            Channel = channel,
        });
    }

    /// <summary>Announces what is missing before the place at which the subscription has arrived. Never dropped.</summary>
    private void SendGap(Subscription subscription, GapFrame gap)
    {
        if (IsSocket)
        {
            BreakOff();
            return;
        }
        _node.Metrics.GapAnnounced(gap.Reason);
        if (_isClosing || !_isOpen) return;
        Enqueue(new OutboundFrame
        {
            Kind = OutboundKind.Control,
            Bytes = _format.Encode(gap),
            Subscription = subscription,
            To = subscription.Sent.Offset,
            Epoch = subscription.Sent.Epoch,
        });
    }

    private void EnqueueMessage(Subscription? subscription, MessageFrame message, ReadOnlyMemory<byte> bytes)
    {
        var frame = new OutboundFrame
        {
            Kind = subscription is null ? OutboundKind.Control : OutboundKind.Message,
            Bytes = bytes,
            Subscription = subscription,
            Event = message.Event,
            From = message.Position.Offset,
            To = message.Position.Offset,
            Epoch = message.Position.Epoch,
        };
        if (subscription is { Rule.SlowConsumer: SlowConsumerPolicy.Conflate } && TryConflate(frame)) return;
        Enqueue(frame);
    }

    /// <summary>Only what a slow consumer has waiting is conflated: one that keeps up gets every message, also many in one turn.</summary>
    private bool TryConflate(in OutboundFrame frame)
    {
        if (!_isSending && Fits(frame.Bytes.Length)) return false;
        Write();
        if (!_isSending || _queue is null) return false;
        Touch();
        for (var replaced = _queue.AddConflated(frame); replaced > 0; replaced--) _node.Metrics.SlowConsumer(SlowConsumerPolicy.Conflate);
        MakeRoom(0, frame.Subscription);
        return true;
    }

    private void Enqueue(in OutboundFrame frame)
    {
        Touch();
        if (QueuedBytes + frame.Bytes.Length + OutboundQueue.EntryOverhead > QueueLimit && !MakeRoom(frame.Bytes.Length, frame.Kind == OutboundKind.Message ? frame.Subscription : null)) return;
        (_queue ??= Lane.Queues.Rent()).Add(frame);
    }

    /// <summary>The bound of the queue: write now what the socket takes; then the policy of the channel whose message is at the bound.</summary>
    /// <returns><see langword="false"/> if the connection was closed.</returns>
    private bool MakeRoom(int bytes, Subscription? subscription)
    {
        Write();
        if (Fits(bytes)) return !_isClosing;
        if (subscription is null || !MayDrop(subscription))
        {
            Overflow(SlowConsumerPolicy.Disconnect, subscription?.Channel);
            return false;
        }
        Log.SlowConsumer(_node.Logger, Id, nameof(SlowConsumerPolicy.DropOldest), subscription.Channel);
        while (!Fits(bytes) && _queue!.TryDropOldest(MayDrop)) _node.Metrics.SlowConsumer(SlowConsumerPolicy.DropOldest);
        if (Fits(bytes)) return true;
        // Nothing left to drop: what fills the queue must not be dropped.
        Overflow(SlowConsumerPolicy.Disconnect, subscription.Channel);
        return false;
    }

    /// <summary>A frame larger than the whole queue still goes out alone.</summary>
    private bool Fits(int bytes) => QueuedBytes == 0 || QueuedBytes + bytes + OutboundQueue.EntryOverhead <= QueueLimit;

    private void Overflow(SlowConsumerPolicy policy, string? channel)
    {
        if (_isClosing) return;
        Log.SlowConsumer(_node.Logger, Id, nameof(SlowConsumerPolicy.Disconnect), channel);
        _node.Metrics.SlowConsumer(policy);
        DropQueue();
        Close(CloseCode.SlowConsumer, null);
    }

    private void Touch()
    {
        if (_isTouched) return;
        _isTouched = true;
        Lane.Touch(this);
    }

    private bool TakeBatch(List<ReadOnlyMemory<byte>> frames)
    {
        frames.Clear();
        var bytes = 0;
        while (bytes < MaxWriteBytes && _queue is not null && _queue.TryTake(out var frame))
        {
            if (_cursor is not null && _cursor.Pass(frame, Lane.CursorLines) is { IsEmpty: false } line) frames.Add(line);
            var wire = frame.Kind == OutboundKind.Gap ? EncodeGap(frame) : frame.Bytes;
            frames.Add(wire);
            bytes += wire.Length;
        }
        return frames.Count > 0;
    }

    private ReadOnlyMemory<byte> EncodeGap(in OutboundFrame gap)
    {
        _node.Metrics.GapAnnounced(gap.Reason);
        return _format.Encode(new GapFrame { Channel = gap.Subscription!.Channel, From = gap.From, To = gap.To, Reason = gap.Reason });
    }

    private void DropQueue()
    {
        if (_queue is null) return;
        _queue.Clear();
        Lane.Queues.Return(_queue);
        _queue = null;
    }
}
