using System.Collections.Concurrent;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;

namespace Arauto.Logs.Island;

/// <summary>A log that other nodes share, and in memory what is published on this node while that log is away: delivered here, lost to the others, and said to be so.</summary>
/// <remarks>
/// <para>While the shared log is away a channel goes on in an epoch of this node's own, at the offset where the shared log was
/// last seen, so subscribers here go on without a gap. When the shared log is back they go on where it was, behind a gap:
/// it has none of what was published meanwhile, and what others published there is still to come.</para>
/// <para>What only the shared log can tell, history and the messages between a client's cursor and its end, waits for it.</para>
/// </remarks>
/// <param name="home">The shared log.</param>
/// <param name="isHomeThere">Whether the shared log can be asked; short interruptions are better refused than delivered to a part.</param>
/// <param name="delivered">Up to where a channel was delivered on this node, if it is.</param>
/// <param name="options">How much memory may hold while it is away.</param>
/// <param name="time">The clock.</param>
internal sealed class IslandLog(IChannelLog home, Func<bool> isHomeThere, Func<string, Position?> delivered, MemoryLogOptions options, TimeProvider time) : IChannelLog, IDisposable
{
    /// <summary>The most channels whose place is remembered; at the bound all are forgotten, and those that have no feed would begin at 0 in an outage.</summary>
    private const int MaxChannels = 100_000;

    /// <summary>The most outages whose epochs are still recognised in a channel.</summary>
    private const int MaxOutages = 8;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Position> _tops = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Bridge[]> _bridges = new(StringComparer.Ordinal);
    private Outage? _outage;

    /// <inheritdoc/>
    public bool IsDurable => home.IsDurable && isHomeThere();

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (FindOutage() is { } outage)
        {
            var start = Enter(outage, request.Channel);
            var local = await outage.Log.AppendAsync(request, cancellationToken).ConfigureAwait(false);
            return local with { Position = Shift(local.Position, start.Offset) };
        }
        var result = await home.AppendAsync(request, cancellationToken).ConfigureAwait(false);
        Remember(request.Channel, result.Position);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken)
    {
        if (FindOutage() is { } outage)
        {
            var start = Enter(outage, channel);
            if (after < start.Offset) throw Away();
            return Shift(await outage.Log.ReadAfterAsync(channel, after - start.Offset, limit, cancellationToken).ConfigureAwait(false), start);
        }
        return Link(channel, await home.ReadAfterAsync(channel, after, limit, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken)
    {
        if (FindOutage() is not null) throw Away();
        return Link(channel, await home.ReadBeforeAsync(channel, before, limit, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channels);
        Position[] tops;
        if (FindOutage() is { } outage)
        {
            tops = await outage.Log.ReadTopsAsync(channels, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < tops.Length; i++) tops[i] = Shift(tops[i], Enter(outage, channels[i]).Offset);
            return tops;
        }
        tops = await home.ReadTopsAsync(channels, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < tops.Length; i++) Remember(channels[i], tops[i]);
        return tops;
    }

    /// <inheritdoc/>
    public async ValueTask ResetAsync(string channel, CancellationToken cancellationToken)
    {
        if (FindOutage() is not null) throw Away();
        await home.ResetAsync(channel, cancellationToken).ConfigureAwait(false);
        _tops.TryRemove(channel, out _);
    }

    public void Dispose() => _outage?.Log.Dispose();

    /// <summary>The outage that lasts, or <see langword="null"/>. When the shared log is back, its memory is given up.</summary>
    private Outage? FindOutage()
    {
        if (isHomeThere())
        {
            if (Volatile.Read(ref _outage) is not null) End();
            return null;
        }
        lock (_gate) return _outage ??= new Outage(new MemoryChannelLog(options, time));
    }

    private void End()
    {
        lock (_gate)
        {
            _outage?.Log.Dispose();
            _outage = null;
        }
    }

    /// <summary>Where a channel begins in the outage; and the way back is noted.</summary>
    private Position Enter(Outage outage, string channel)
    {
        if (outage.Starts.TryGetValue(channel, out var known)) return known;
        // Whoever listens here goes on where this node is, and not where the shared log was seen last.
        var here = delivered(channel);
        lock (_gate)
        {
            if (outage.Starts.TryGetValue(channel, out known)) return known;
            var start = here ?? _tops.GetValueOrDefault(channel);
            if (_bridges.Count >= MaxChannels) _bridges.Clear();
            _bridges[channel] = [new Bridge(outage.Log.BaseEpoch, start), .. _bridges.GetValueOrDefault(channel, []).Take(MaxOutages - 1)];
            return outage.Starts[channel] = start;
        }
    }

    private void Remember(string channel, Position top)
    {
        if (_tops.Count >= MaxChannels) _tops.Clear();
        _tops[channel] = top;
    }

    /// <summary>Says in a page of the shared log which of this node's own epochs it goes on from.</summary>
    private LogPage Link(string channel, LogPage page)
    {
        Remember(channel, new Position(page.Epoch, page.Top));
        if (!_bridges.TryGetValue(channel, out var bridges)) return page;
        var known = bridges.Where(bridge => bridge.Start.Epoch == page.Epoch || page.Past.Any(end => end.Epoch == bridge.Start.Epoch && bridge.Start.Offset <= end.Offset));
        return page with { Past = [.. page.Past, .. known.Select(bridge => new Position(bridge.Epoch, bridge.Start.Offset))] };
    }

    private static LogPage Shift(LogPage page, Position start) => page with
    {
        Oldest = page.Oldest + start.Offset,
        Top = page.Top + start.Offset,
        Messages = [.. page.Messages.Select(message => Shift(message, start.Offset))],
        Past = start.Epoch == Epoch.None ? [] : [start],
    };

    private static MessageFrame Shift(MessageFrame message, long by) => new()
    {
        Event = message.Event,
        Channel = message.Channel,
        Data = message.Data,
        Timestamp = message.Timestamp,
        Id = message.Id,
        Position = Shift(message.Position, by),
        From = message.From,
        Envelope = message.Envelope,
    };

    private static Position Shift(Position position, long by) => position with { Offset = position.Offset + by };

    private static StoreUnavailableException Away() => new("The log that the nodes share is away; only what is published on this node meanwhile can be read.");

    /// <summary>A time in which the shared log is away.</summary>
    private sealed class Outage(MemoryChannelLog log)
    {
        public MemoryChannelLog Log { get; } = log;

        public ConcurrentDictionary<string, Position> Starts { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>From an epoch of this node's own to where the shared log was.</summary>
    private readonly record struct Bridge(Epoch Epoch, Position Start);
}
