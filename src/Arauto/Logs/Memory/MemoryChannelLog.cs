using System.Collections.Concurrent;
using Arauto.Protocol;

namespace Arauto.Logs.Memory;

/// <summary>Keeps channels in memory, within a bound of channels and of bytes. Appends and reads complete synchronously; nothing survives the process.</summary>
/// <remarks>
/// <para>At a bound the channel that was idle longest, neither written nor read, is dropped whole: its messages, its
/// keys and the memory of its epoch. Since we no longer know which offsets it had, no channel may start again in an
/// epoch that could have been its own: each drop draws a new base epoch, and every channel that is first written
/// afterwards begins in that one. So a position never names two messages, at the price that a cursor taken on a
/// channel that was still empty turns into a gap once, which is always safe. A dropped channel's old cursors name an
/// epoch that is gone, hence its readers are told of the gap.</para>
/// <para>A single channel that fills all the bytes alone is not dropped but loses its oldest messages, then its oldest keys.</para>
/// <para>Lock order: <c>_lock</c> (creation, drops, idle order, base epoch) before the lock of a <see cref="MemoryLog"/>.</para>
/// </remarks>
public sealed class MemoryChannelLog : IChannelLog, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    // A log is moved in the idle order at most once in this time, so that the shared lock stays out of the way of a busy channel.
    private static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, MemoryLog> _logs = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly MemoryLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private MemoryLog? _stalest;
    private MemoryLog? _freshest;
    private Epoch _base = Epoch.Create();
    private int _count;
    private long _bytes;

    /// <summary>Creates an empty log.</summary>
    /// <param name="options">The bounds; read once.</param>
    /// <param name="time">The clock for retention by age and for keys.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is out of its range.</exception>
    public MemoryChannelLog(MemoryLogOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Bytes, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.IdempotencyWindow, TimeSpan.Zero);
        _options = options;
        _time = time;
        _sweep = time.CreateTimer(static state => ((MemoryChannelLog)state!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>The channels kept now.</summary>
    public int Channels => Volatile.Read(ref _count);

    /// <summary>The bytes kept now, estimated.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        var now = _time.GetUtcNow();
        while (true)
        {
            var log = Find(request.Channel) ?? Create(request.Channel);
            if (!log.TryAppend(request, now, now + _options.IdempotencyWindow, out var result, out var growth)) continue;
            if (Interlocked.Add(ref _bytes, growth) > _options.Bytes) MakeRoom(log);
            return ValueTask.FromResult(result);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LogPage>(cancellationToken);
        while (true)
        {
            if (FindOrBase(channel, out var epoch) is not { } log) return ValueTask.FromResult(EmptyPage(epoch));
            if (log.TryReadAfter(after, limit, out var page)) return ValueTask.FromResult(page);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LogPage>(cancellationToken);
        while (true)
        {
            if (FindOrBase(channel, out var epoch) is not { } log) return ValueTask.FromResult(EmptyPage(epoch));
            if (log.TryReadBefore(before, limit, out var page)) return ValueTask.FromResult(page);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channels);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<Position[]>(cancellationToken);
        var tops = new Position[channels.Count];
        for (var i = 0; i < tops.Length; i++) tops[i] = ReadTop(channels[i]);
        return ValueTask.FromResult(tops);
    }

    /// <inheritdoc/>
    public ValueTask ResetAsync(string channel, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        Reset(channel);
        return ValueTask.CompletedTask;
    }

    /// <summary>Drops all messages and keys of a channel and starts a new epoch.</summary>
    internal void Reset(string channel)
    {
        var epoch = Epoch.Create();
        long freed;
        while (!(Find(channel) ?? Create(channel)).TryReset(epoch, out freed))
        {
        }

        Interlocked.Add(ref _bytes, -freed);
    }

    /// <summary>Ends the periodic removal of what has expired.</summary>
    public void Dispose() => _sweep.Dispose();

    private static LogPage EmptyPage(Epoch epoch) => new(epoch, 1, 0, []);

    private Position ReadTop(string channel)
    {
        while (true)
        {
            if (FindOrBase(channel, out var epoch) is not { } log) return new Position(epoch, 0);
            if (log.TryReadTop(out var top)) return top;
        }
    }

    private MemoryLog? Find(string channel)
    {
        if (!_logs.TryGetValue(channel, out var log)) return null;
        if (_time.GetElapsedTime(Volatile.Read(ref log.TouchedAt)) >= TouchInterval)
        {
            lock (_lock) Touch(log);
        }

        return log;
    }

    // A miss looks again under the lock: read apart from the look-up, the base epoch might already be the next one,
    // or still the one in which this very channel has lived.
    private MemoryLog? FindOrBase(string channel, out Epoch epoch)
    {
        epoch = default;
        if (Find(channel) is { } found) return found;
        lock (_lock)
        {
            epoch = _base;
            return _logs.GetValueOrDefault(channel);
        }
    }

    private MemoryLog Create(string channel)
    {
        lock (_lock)
        {
            if (_logs.TryGetValue(channel, out var existing)) return existing;

            // The base epoch from before the drop below: it is newer than any earlier life of this channel, and it is
            // the one under which readers know the channel as empty.
            var log = new MemoryLog(channel, _base);
            while (_count >= _options.Channels) Drop(_stalest!);
            _logs[channel] = log;
            _count++;
            Link(log);
            return log;
        }
    }

    private void MakeRoom(MemoryLog writer)
    {
        lock (_lock)
        {
            Touch(writer);
            while (Bytes > _options.Bytes && _stalest is { } stalest && stalest != writer) Drop(stalest);
            var excess = Bytes - _options.Bytes;
            // An eighth more than needed, so that a channel at the bound does not come here with every message.
            if (excess > 0) Interlocked.Add(ref _bytes, -writer.Shrink(excess + (_options.Bytes / 8)));
        }
    }

    private void Drop(MemoryLog log)
    {
        Unlink(log);
        _logs.TryRemove(log.Channel, out _);
        _count--;
        Interlocked.Add(ref _bytes, -log.Drop());
        _base = Epoch.Create();
    }

    private void Touch(MemoryLog log)
    {
        // Not linked: dropped since it was found.
        if (_logs.GetValueOrDefault(log.Channel) != log) return;
        Unlink(log);
        Link(log);
    }

    private void Link(MemoryLog log)
    {
        Volatile.Write(ref log.TouchedAt, _time.GetTimestamp());
        log.Staler = _freshest;
        log.Fresher = null;
        if (_freshest is null) _stalest = log;
        else _freshest.Fresher = log;
        _freshest = log;
    }

    private void Unlink(MemoryLog log)
    {
        if (log.Staler is null) _stalest = log.Fresher;
        else log.Staler.Fresher = log.Fresher;
        if (log.Fresher is null) _freshest = log.Staler;
        else log.Fresher.Staler = log.Staler;
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var (_, log) in _logs) Interlocked.Add(ref _bytes, -log.RemoveExpired(now));
    }
}
