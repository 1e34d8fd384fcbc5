using System.Collections.Concurrent;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Logs.Island;

/// <summary>The channels that went on without the shared log: those that still do, and those that are back, for whoever comes from their epochs. Safe for concurrent use.</summary>
/// <param name="delivered">Up to where a channel was delivered on this node, if it is.</param>
/// <param name="options">How much memory may hold.</param>
/// <param name="time">The clock.</param>
internal sealed class IslandTable(Func<string, Position?> delivered, MemoryLogOptions options, TimeProvider time) : IDisposable
{
    /// <summary>The most channels. At the bound those that are back are forgotten, unless a feed has not found back yet; if none are, others are refused.</summary>
    private const int MaxChannels = 100_000;

    /// <summary>How often is looked for room.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Island> _islands = new(StringComparer.Ordinal);
    private MemoryChannelLog? _memory;
    private long? _lookedAt;

    /// <summary>A channel that is, or was, without the shared log.</summary>
    public Island? Find(string channel) => _islands.IsEmpty ? null : _islands.GetValueOrDefault(channel);

    /// <summary>A channel that is without the shared log; it begins there if it was not.</summary>
    /// <exception cref="StoreUnavailableException">There are too many.</exception>
    public Island Enter(string channel, DateTimeOffset since)
    {
        if (Find(channel) is { } known && known.IsOf(Volatile.Read(ref _memory))) return known;
        // Nobody knows where a channel is that has no feed here: what was seen of it last may be long past.
        var start = delivered(channel);
        if (_islands.Count >= MaxChannels && !_islands.ContainsKey(channel)) MakeRoom();
        lock (_gate)
        {
            _memory ??= new MemoryChannelLog(options, time);
            var former = _islands.GetValueOrDefault(channel);
            if (former is not null && former.IsOf(_memory)) return former;
            return _islands[channel] = new Island(channel, _memory, start, former, since);
        }
    }

    /// <summary>The shared log has a channel again.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="isWhole">Whether it has all of them; then what memory holds is given up.</param>
    public void Leave(string channel, bool isWhole)
    {
        Find(channel)?.End();
        if (isWhole && Volatile.Read(ref _memory) is not null) Dispose();
    }

    /// <summary>Gives up what memory holds.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _memory?.Dispose();
            _memory = null;
        }
    }

    private void MakeRoom()
    {
        lock (_gate)
        {
            if (_lookedAt is { } last && time.GetElapsedTime(last) < LookInterval) throw Full();
            _lookedAt = time.GetTimestamp();
        }
        var memory = Volatile.Read(ref _memory);
        foreach (var (channel, island) in _islands)
            if (!island.IsOf(memory) && (delivered(channel) is not { } at || island.WayFrom(at.Epoch) is null)) _islands.TryRemove(KeyValuePair.Create(channel, island));
        if (_islands.Count >= MaxChannels) throw Full();
    }

    private static StoreUnavailableException Full() => new($"The log that the nodes share is away, and {MaxChannels} channels already go on without it on this node.");
}
