using System.Diagnostics.CodeAnalysis;
using Arauto.Channels;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

/// <summary>
/// Frames that wait for one socket, bounded in bytes by its owner. A message that is dropped leaves a gap in its place, so
/// that the client learns of it exactly where the messages are missing.
/// </summary>
/// <remarks>A ring of entries addressed by ever-growing sequence numbers. Lane-owned; rented only while something waits.</remarks>
internal sealed class OutboundQueue
{
    /// <summary>What an entry costs besides its bytes; counted, so that tiny frames cannot grow the ring without end.</summary>
    public const int EntryOverhead = 64;

    private const int ReusableCapacity = 256;
    private OutboundFrame[] _ring = new OutboundFrame[4];
    private long _head;
    private long _tail;
    private long _dropFrom;
    private int _empties;
    private Dictionary<(Subscription, string), long>? _newest;

    /// <summary>The bytes that wait, with <see cref="EntryOverhead"/> per entry.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _head == _tail;

    /// <summary>Whether the emptied queue is small enough to be kept for another connection.</summary>
    public bool IsReusable => IsEmpty && _ring.Length <= ReusableCapacity;

    /// <summary>Adds a frame at the end.</summary>
    public void Add(in OutboundFrame frame)
    {
        if (_tail - _head == _ring.Length) Grow();
        At(_tail++) = frame;
        Bytes += frame.Bytes.Length + EntryOverhead;
    }

    /// <summary>Adds a message and lets go of queued ones of the same channel and event; the first time also of those that wait twice already.</summary>
    /// <returns>How many were replaced.</returns>
    public int AddConflated(in OutboundFrame frame)
    {
        var replaced = 0;
        if (_newest is null)
        {
            _newest = [];
            for (var i = _head; i < _tail; i++)
                if (At(i) is { Kind: OutboundKind.Message, Subscription.Rule.SlowConsumer: SlowConsumerPolicy.Conflate } && ReplaceBy(i)) replaced++;
        }
        Add(frame);
        if (ReplaceBy(_tail - 1)) replaced++;
        CompactIfSparse();
        return replaced;
    }

    /// <summary>Drops the oldest message whose channel allows it.</summary>
    /// <param name="mayDrop">Whether the policy of a message's subscription is to drop.</param>
    /// <returns><see langword="false"/> if there is none.</returns>
    public bool TryDropOldest(Func<Subscription, bool> mayDrop)
    {
        for (_dropFrom = Math.Max(_dropFrom, _head); _dropFrom < _tail; _dropFrom++)
        {
            ref var entry = ref At(_dropFrom);
            if (entry.Kind != OutboundKind.Message || !mayDrop(entry.Subscription!)) continue;
            Drop(_dropFrom, GapReason.SlowConsumer);
            CompactIfSparse();
            return true;
        }
        return false;
    }

    /// <summary>Removes the entries of a subscription that has ended.</summary>
    public void Remove(Subscription subscription)
    {
        for (var i = _head; i < _tail; i++)
            if (ReferenceEquals(At(i).Subscription, subscription)) Empty(i);
        CompactIfSparse();
    }

    /// <summary>Takes the next frame to send.</summary>
    public bool TryTake([MaybeNullWhen(false)] out OutboundFrame frame)
    {
        while (_head < _tail)
        {
            ref var entry = ref At(_head++);
            frame = entry;
            entry = default;
            if (frame.Kind == OutboundKind.Empty)
            {
                _empties--;
                continue;
            }
            Bytes -= frame.Bytes.Length + EntryOverhead;
            if (_head == _tail) Reset();
            return true;
        }
        Reset();
        frame = default;
        return false;
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        Array.Clear(_ring);
        _head = _tail;
        Bytes = 0;
        Reset();
    }

    /// <summary>Makes a message the newest of its channel and event, and drops the one that was.</summary>
    private bool ReplaceBy(long sequence)
    {
        ref var entry = ref At(sequence);
        var key = (entry.Subscription!, entry.Event!);
        var replaces = _newest!.TryGetValue(key, out var older) && older >= _head && At(older).Kind == OutboundKind.Message
            && ReferenceEquals(At(older).Subscription, entry.Subscription) && At(older).Event == entry.Event;
        if (replaces) Drop(older, GapReason.Conflated);
        _newest[key] = sequence;
        return replaces;
    }

    private ref OutboundFrame At(long sequence) => ref _ring[sequence & (_ring.Length - 1)];

    /// <summary>Turns a message into a gap, or lets an earlier gap of the same subscription that ends just before it take it in.</summary>
    private void Drop(long sequence, GapReason reason)
    {
        ref var entry = ref At(sequence);
        Bytes -= entry.Bytes.Length;
        var gap = FindGapBefore(sequence, reason);
        if (gap >= 0)
        {
            At(gap).To = entry.To;
            Bytes -= EntryOverhead;
            entry = default;
            _empties++;
            return;
        }
        entry.Bytes = default;
        entry.Event = null;
        entry.Kind = OutboundKind.Gap;
        entry.Reason = reason;
        entry.Subscription!.LastGap = sequence;
    }

    private long FindGapBefore(long sequence, GapReason reason)
    {
        var subscription = At(sequence).Subscription!;
        var gap = subscription.LastGap;
        if (gap < _head || gap >= sequence) return -1;
        ref var candidate = ref At(gap);
        var adjoins = candidate.Kind == OutboundKind.Gap && ReferenceEquals(candidate.Subscription, subscription)
            && candidate.Reason == reason && candidate.To + 1 == At(sequence).From;
        return adjoins ? gap : -1;
    }

    private void Empty(long sequence)
    {
        ref var entry = ref At(sequence);
        if (entry.Kind == OutboundKind.Empty) return;
        Bytes -= entry.Bytes.Length + EntryOverhead;
        entry = default;
        _empties++;
    }

    /// <summary>Without this a client that never reads would keep a growing ring of removed entries.</summary>
    private void CompactIfSparse()
    {
        if (_empties < 64 || _empties * 2 < _tail - _head) return;
        var to = _head;
        for (var from = _head; from < _tail; from++)
        {
            var entry = At(from);
            if (entry.Kind == OutboundKind.Empty) continue;
            if (from != to)
            {
                At(to) = entry;
                At(from) = default;
            }
            if (entry.Kind == OutboundKind.Gap) entry.Subscription!.LastGap = to;
            else if (_newest is not null && entry is { Kind: OutboundKind.Message, Event: { } name } && _newest.ContainsKey((entry.Subscription!, name)))
                _newest[(entry.Subscription!, name)] = to;
            to++;
        }
        _tail = to;
        _empties = 0;
        _dropFrom = _head;
    }

    private void Grow()
    {
        var larger = new OutboundFrame[_ring.Length * 2];
        for (var i = _head; i < _tail; i++) larger[i & (larger.Length - 1)] = At(i);
        _ring = larger;
    }

    private void Reset()
    {
        _empties = 0;
        _dropFrom = _head;
        _newest = null;
    }
}
