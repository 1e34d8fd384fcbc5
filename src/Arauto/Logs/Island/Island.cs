using System.Collections.Immutable;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;

namespace Arauto.Logs.Island;

/// <summary>One channel of the shared log in one outage: it goes on in this node's memory, in an epoch of its own. Safe for concurrent use.</summary>
internal sealed class Island
{
    /// <summary>The most epochs that are still recognised: of this outage and of those before it.</summary>
    private const int MaxEpochs = 8;

    private readonly string _channel;
    private readonly MemoryChannelLog _memory;
    private readonly Position[] _past;
    private readonly long _from;
    private readonly WayBack _wayBack;
    private readonly Lock _gate = new();
    private ImmutableArray<(Epoch Epoch, WayBack WayBack)> _epochs;
    private volatile bool _isOver;

    /// <param name="channel">The channel.</param>
    /// <param name="memory">What holds its messages; another channel's are there too.</param>
    /// <param name="start">Where it goes on: where the node's feed is; <see langword="null"/> if there is none.</param>
    /// <param name="former">The channel in the outage before; <see langword="null"/> if it is not remembered.</param>
    /// <param name="since">When the shared log went away.</param>
    public Island(string channel, MemoryChannelLog memory, Position? start, Island? former, DateTimeOffset since)
    {
        _channel = channel;
        _memory = memory;
        _from = start?.Offset ?? 0;
        // A feed that is still in the outage before goes home from where it left.
        _wayBack = (start is { } place ? former?.WayFrom(place.Epoch) : null) ?? new WayBack(start, since);
        _past = start is { } at ? _wayBack is { IsContinuation: true, Home: { } home } && home != at ? [at, home] : [at] : [];
        _epochs = former?.Epochs ?? [];
        // What is left of an earlier outage goes, and with it its epoch.
        memory.Reset(channel);
    }

    /// <summary>The epochs of this node's own that the channel has had, the newest first, and the way back from each.</summary>
    public ImmutableArray<(Epoch Epoch, WayBack WayBack)> Epochs
    {
        get
        {
            lock (_gate) return _epochs;
        }
    }

    /// <summary>Whether it goes on here if the shared log is away still, or again.</summary>
    public bool IsOf(MemoryChannelLog? memory) => !_isOver && _memory == memory;

    /// <summary>The shared log is back.</summary>
    public void End() => _isOver = true;

    /// <summary>The way back from an epoch; <see langword="null"/> if it is none of this node's own.</summary>
    public WayBack? WayFrom(Epoch epoch)
    {
        foreach (var known in Epochs)
            if (known.Epoch == epoch) return known.WayBack;
        return null;
    }

    /// <summary>Appends, for this node alone.</summary>
    public async ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        var result = await _memory.AppendAsync(request, cancellationToken).ConfigureAwait(false);
        Recognise(result.Position.Epoch);
        return result with { Position = Shift(result.Position), IsLocal = true };
    }

    /// <summary>Reads what was appended here.</summary>
    /// <exception cref="StoreUnavailableException">What is asked for is in the shared log.</exception>
    public async ValueTask<LogPage> ReadAfterAsync(long after, int limit, CancellationToken cancellationToken)
    {
        if (after < _from) throw Away();
        var page = await _memory.ReadAfterAsync(_channel, after - _from, limit, cancellationToken).ConfigureAwait(false);
        // Whoever is beyond all that was ever here was in the shared log, and goes on there.
        if (Recognise(page.Epoch) == 1 && after > page.Top + _from && after != long.MaxValue) throw Away();
        return page with
        {
            Oldest = page.Oldest + _from,
            Top = page.Top + _from,
            Messages = [.. page.Messages.Select(Shift)],
            Past = _past,
            Beginnings = new EpochRange(page.Epoch, page.Epoch),
        };
    }

    /// <summary>The newest position.</summary>
    public async ValueTask<Position> ReadTopAsync(CancellationToken cancellationToken)
    {
        var top = (await _memory.ReadTopsAsync([_channel], cancellationToken).ConfigureAwait(false))[0];
        Recognise(top.Epoch);
        return Shift(top);
    }

    /// <summary>The refusal of what only the shared log can tell.</summary>
    public static StoreUnavailableException Away() => new("The log that the nodes share is away; only what is published on this node meanwhile can be read.");

    /// <summary>Notes an epoch of the memory: it begins another one when it had to drop the channel.</summary>
    /// <returns>How many this outage has had.</returns>
    private int Recognise(Epoch epoch)
    {
        lock (_gate)
        {
            if (_epochs.IsEmpty || _epochs[0].Epoch != epoch) _epochs = [(epoch, _wayBack), .. _epochs.Where(known => known.Epoch != epoch).Take(MaxEpochs - 1)];
            return _epochs.Count(known => known.WayBack == _wayBack);
        }
    }

    private Position Shift(Position position) => position with { Offset = position.Offset + _from };

    private MessageFrame Shift(MessageFrame message) => new()
    {
        Event = message.Event,
        Channel = message.Channel,
        Data = message.Data,
        Timestamp = message.Timestamp,
        Id = message.Id,
        Position = Shift(message.Position),
        From = message.From,
        Envelope = message.Envelope,
    };
}
