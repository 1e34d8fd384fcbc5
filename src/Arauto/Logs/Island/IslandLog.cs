using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Logs.Island;

/// <summary>A log that other nodes share, and in memory what is published on this node while that log is away: delivered here, lost to the others, and said to be so.</summary>
/// <remarks>
/// <para>While the shared log is away a channel goes on in an epoch of this node's own. Where it has a feed here it goes on where
/// that is, so subscribers notice nothing; and when the shared log is back they go on from there, behind a gap if they heard
/// anything meanwhile: what others published is still to come.</para>
/// <para>Where a channel has no feed here, nobody knows its place: what was seen of it last may be long past, and what lies behind
/// is nobody's here to deliver. It begins an epoch that continues nothing. When the shared log is back, whoever is in it goes on
/// behind a gap in front of what was taken since the outage began, <see cref="LookBack"/> messages at most, never in front of older ones.</para>
/// <para>What only the shared log can tell, history and the messages between a client's cursor and its end, waits for it.</para>
/// </remarks>
/// <param name="home">The shared log.</param>
/// <param name="watch">Which of its channels are away.</param>
/// <param name="delivered">Up to where a channel was delivered on this node, if it is.</param>
/// <param name="options">How much memory may hold while it is away.</param>
/// <param name="time">The clock.</param>
internal sealed class IslandLog(IChannelLog home, IHomeWatch watch, Func<string, Position?> delivered, MemoryLogOptions options, TimeProvider time) : IChannelLog, IDisposable
{
    /// <summary>How far is looked back for what others published in an outage, as feeds do that begin with a user's first message.</summary>
    private const int LookBack = 64;

    private readonly IslandTable _islands = new(delivered, options, time);

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return FindIsland(request.Channel) is { } island
            ? island.AppendAsync(request, cancellationToken)
            : WatchAsync(request.Channel, home.AppendAsync(request, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken)
    {
        if (FindIsland(channel) is { } island) return await island.ReadAfterAsync(after, limit, cancellationToken).ConfigureAwait(false);
        var page = await WatchAsync(channel, home.ReadAfterAsync(channel, after, limit, cancellationToken)).ConfigureAwait(false);
        return await LinkAsync(channel, page, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken)
    {
        if (FindIsland(channel) is not null) throw Island.Away();
        var page = await WatchAsync(channel, home.ReadBeforeAsync(channel, before, limit, cancellationToken)).ConfigureAwait(false);
        return await LinkAsync(channel, page, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channels);
        var tops = new Position[channels.Count];
        var there = new List<int>(tops.Length);
        for (var i = 0; i < tops.Length; i++)
        {
            if (FindIsland(channels[i]) is { } island) tops[i] = await island.ReadTopAsync(cancellationToken).ConfigureAwait(false);
            else there.Add(i);
        }
        if (there.Count > 0 || tops.Length == 0) await ReadTopsAsync(channels, there, tops, cancellationToken).ConfigureAwait(false);
        return tops;
    }

    /// <inheritdoc/>
    public async ValueTask ResetAsync(string channel, CancellationToken cancellationToken)
    {
        if (FindIsland(channel) is not null) throw Island.Away();
        await home.ResetAsync(channel, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _islands.Dispose();

    /// <summary>The channel's island, or <see langword="null"/> while the shared log is there.</summary>
    private Island? FindIsland(string channel)
    {
        if (watch.AwaySince(channel) is { } since) return _islands.Enter(channel, since);
        _islands.Leave(channel, watch.IsWhole);
        return null;
    }

    private async ValueTask<T> WatchAsync<T>(string channel, ValueTask<T> call)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            watch.Failed(channel, askedAt);
            throw;
        }
    }

    private async ValueTask ReadTopsAsync(IReadOnlyList<string> channels, List<int> indexes, Position[] tops, CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        Position[] read;
        try
        {
            read = await home.ReadTopsAsync(indexes.ConvertAll(i => channels[i]), cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            foreach (var i in indexes) watch.Failed(channels[i], askedAt);
            // The feeds of the others are not kept from being compared.
            if (indexes.Count < tops.Length) return;
            throw;
        }
        for (var i = 0; i < read.Length; i++)
        {
            tops[indexes[i]] = read[i];
            if (read[i].Epoch == Epoch.None) watch.Failed(channels[indexes[i]], askedAt);
        }
    }

    /// <summary>Says in a page of the shared log where whoever comes from epochs of this node's own goes on.</summary>
    private async ValueTask<LogPage> LinkAsync(string channel, LogPage page, CancellationToken cancellationToken)
    {
        if (_islands.Find(channel) is not { } island) return page;
        List<Position> past = [.. page.Past];
        List<Position> detached = [];
        foreach (var (epoch, wayBack) in island.Epochs)
        {
            var (at, gap) = page.Resolve(wayBack.Home ?? await FindHomeAsync(channel, wayBack, cancellationToken).ConfigureAwait(false));
            (wayBack.IsContinuation && gap is null ? past : detached).Add(new Position(epoch, at.Offset));
        }
        return page with { Past = past, Detached = detached };
    }

    private async ValueTask<Position> FindHomeAsync(string channel, WayBack wayBack, CancellationToken cancellationToken)
    {
        var page = await WatchAsync(channel, home.ReadBeforeAsync(channel, long.MaxValue, LookBack, cancellationToken)).ConfigureAwait(false);
        var at = page.Top;
        for (var i = page.Messages.Count - 1; i >= 0 && page.Messages[i].Timestamp >= wayBack.Since; i--) at = page.Messages[i].Position.Offset - 1;
        return wayBack.Find(new Position(page.Epoch, at));
    }
}
