using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Logs.Memory;

/// <summary>The log of one channel in memory, with its own lock. Safe for concurrent use, apart from the members of the idle order.</summary>
internal sealed class MemoryLog(string channel, Epoch epoch)
{
    // The frame, its slot in the ring and the header of the payload's array.
    private const int MessageBytes = 200;

    private readonly Lock _lock = new();
    private readonly MessageRing _messages = new();
    private RememberedKeys? _keys;
    private Epoch _epoch = epoch;
    private Retention _retention;
    private long _top;
    private long _bytes;
    private bool _dropped;

    public string Channel => channel;

    // The idle order: a list through the logs themselves, guarded by the lock of MemoryChannelLog.
    public MemoryLog? Staler { get; set; }

    public MemoryLog? Fresher { get; set; }

    /// <summary>When the log was last moved to the fresh end, as a timestamp of the time provider.</summary>
    public long TouchedAt;

    private long Oldest => _top - _messages.Count + 1;

    /// <summary>Appends, or finds the first append with the key.</summary>
    /// <param name="request">The message.</param>
    /// <param name="now">The time, for what has expired.</param>
    /// <param name="keyUntil">Until when the request's key is remembered.</param>
    /// <param name="result">What happened.</param>
    /// <param name="growth">By how many bytes the log grew; negative if more was trimmed than added.</param>
    /// <returns><see langword="false"/> if the log was dropped in the meantime; then look the channel up again.</returns>
    public bool TryAppend(AppendRequest request, DateTimeOffset now, DateTimeOffset keyUntil, out AppendResult result, out long growth)
    {
        lock (_lock)
        {
            result = default;
            growth = 0;
            if (_dropped) return false;
            var before = _bytes;
            _bytes -= _keys?.RemoveExpired(now) ?? 0;
            if (request.Key is null || _keys is null || !_keys.TryFind(request.Key, out result))
            {
                result = Add(request);
                if (request.Key is not null) _bytes += (_keys ??= new()).Add(request.Key, result with { IsDuplicate = true }, keyUntil);
                _retention = request.Retention;
                TrimMessages(now);
            }

            growth = _bytes - before;
            return true;
        }
    }

    public bool TryReadAfter(long after, int limit, out LogPage page)
    {
        lock (_lock)
        {
            var oldest = Oldest;
            var first = after >= _top ? _top + 1 : Math.Max(after + 1, oldest);
            var count = (int)Math.Min(limit, _top - first + 1);
            page = new LogPage(_epoch, oldest, _top, _messages.Copy((int)(first - oldest), count));
            return !_dropped;
        }
    }

    public bool TryReadBefore(long before, int limit, out LogPage page)
    {
        lock (_lock)
        {
            var oldest = Oldest;
            var end = Math.Clamp(before, oldest, _top + 1);
            var first = Math.Max(oldest, end - limit);
            page = new LogPage(_epoch, oldest, _top, _messages.Copy((int)(first - oldest), (int)(end - first)));
            return !_dropped;
        }
    }

    public bool TryReadTop(out Position top)
    {
        lock (_lock)
        {
            top = new Position(_epoch, _top);
            return !_dropped;
        }
    }

    /// <summary>Removes everything and begins a new epoch.</summary>
    public bool TryReset(Epoch newEpoch, out long freed)
    {
        lock (_lock)
        {
            freed = _bytes;
            if (_dropped) return false;
            Clear();
            _epoch = newEpoch;
            _top = 0;
            return true;
        }
    }

    /// <summary>Marks the log as dropped, so that whoever still holds it looks the channel up again.</summary>
    /// <returns>The bytes freed.</returns>
    public long Drop()
    {
        lock (_lock)
        {
            var freed = _bytes;
            Clear();
            _dropped = true;
            return freed;
        }
    }

    /// <summary>Removes what has passed the age of the channel's last retention, and keys beyond their window.</summary>
    /// <returns>The bytes freed.</returns>
    public long RemoveExpired(DateTimeOffset now)
    {
        lock (_lock)
        {
            var before = _bytes;
            _bytes -= _keys?.RemoveExpired(now) ?? 0;
            TrimMessages(now);
            return before - _bytes;
        }
    }

    /// <summary>Removes from the oldest end, messages first and then keys, but never the newest of either.</summary>
    /// <returns>The bytes freed, possibly less than asked.</returns>
    public long Shrink(long bytes)
    {
        lock (_lock)
        {
            var before = _bytes;
            while (before - _bytes < bytes && _messages.Count > 1) RemoveOldest();
            while (before - _bytes < bytes && _keys?.Count > 1) _bytes -= _keys.RemoveOldest();
            return before - _bytes;
        }
    }

    private AppendResult Add(AppendRequest request)
    {
        var position = new Position(_epoch, _top + 1);
        var message = new MessageFrame
        {
            Event = request.Event,
            Channel = channel,
            Data = request.Data,
            Timestamp = request.Timestamp,
            Id = request.Id,
            Position = position,
            From = request.From,
            Envelope = request.Envelope,
        };
        _messages.Add(message);
        _top = position.Offset;
        _bytes += Size(message);
        return new AppendResult(request.Id, position, request.CorrelationId, IsDuplicate: false);
    }

    private void TrimMessages(DateTimeOffset now)
    {
        while (_retention.MaxMessages > 0 && _messages.Count > _retention.MaxMessages) RemoveOldest();
        if (_retention.MaxAge <= TimeSpan.Zero) return;
        while (_messages.Count > 0 && now - _messages[0].Timestamp > _retention.MaxAge) RemoveOldest();
    }

    private void RemoveOldest() => _bytes -= Size(_messages.RemoveOldest());

    private void Clear()
    {
        _messages.Clear();
        _keys = null;
        _bytes = 0;
    }

    private static long Size(MessageFrame message) =>
        MessageBytes + message.Data.Length + (message.Envelope?.Size ?? 0) + (2L * (message.Event.Length + (message.From?.Length ?? 0)));
}
