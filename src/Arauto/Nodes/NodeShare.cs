using Arauto.Backplanes.Redis;
using Arauto.Limits;
using Arauto.Presence;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>Keeps true what Redis says of who is on this node, and takes out what nodes left that died.</summary>
/// <remarks>Everything is said again under each lease that begins, what failed as soon as Redis answers. It is said in slices that are waited for, so that commands of others find room.</remarks>
internal sealed partial class NodeShare : IAsyncDisposable
{
    /// <summary>How often this node says again who is on it: well within the time after which Redis forgets it.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    /// <summary>Until the next attempt to say. Short: it stands between this node's way back to Redis and the moment in which others take its users for gone.</summary>
    private static readonly TimeSpan SayPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Until the next attempt to take out what is gone; each that fails is a warning.</summary>
    private static readonly TimeSpan PurgePause = TimeSpan.FromSeconds(1);

    /// <summary>Channels that are purged at once.</summary>
    private const int MaxAtOnce = 200;

    private readonly NodeDirectory _nodes;
    private readonly RedisHealth _health;
    private readonly ConnectionCounts _counts;
    private readonly SharedCounts _sharedCounts;
    private readonly PresenceRegistry _presence;
    private readonly SharedPresence _sharedPresence;
    private readonly ILogger<NodeShare> _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private readonly Errand _saying;
    private readonly Errand _purging;
    private bool _isAllDue;
    private bool _mayBeGone;

    public NodeShare(
        NodeDirectory nodes,
        RedisHealth health,
        ConnectionCounts counts,
        SharedCounts sharedCounts,
        PresenceRegistry presence,
        SharedPresence sharedPresence,
        TimeProvider time,
        ILogger<NodeShare> logger)
    {
        _nodes = nodes;
        _health = health;
        _counts = counts;
        _sharedCounts = sharedCounts;
        _presence = presence;
        _sharedPresence = sharedPresence;
        _logger = logger;
        _saying = new Errand(SayAsync, e => Log.Broke(_logger, e), SayPause, time);
        _purging = new Errand(PurgeAsync, e => Log.Broke(_logger, e), PurgePause, time);
        _timer = time.CreateTimer(_ => SayAll(mayBeGone: false), null, Interval, Interval);
    }

    /// <summary>Begins, before the first connection.</summary>
    public void Start()
    {
        _nodes.Began += SayAll;
        _nodes.Renewed += MakeUp;
        _nodes.Died += Purge;
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.Began -= SayAll;
        _nodes.Renewed -= MakeUp;
        _nodes.Died -= Purge;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _saying.DisposeAsync().ConfigureAwait(false);
        await _purging.DisposeAsync().ConfigureAwait(false);
    }

    private void SayAll(bool mayBeGone)
    {
        lock (_gate)
        {
            _isAllDue = true;
            _mayBeGone |= mayBeGone;
        }
        _saying.Want();
    }

    private void MakeUp()
    {
        if (!_sharedCounts.Unsaid.IsEmpty || !_sharedPresence.Unsaid.IsEmpty) _saying.Want();
    }

    private async Task<bool> SayAsync(CancellationToken cancellationToken)
    {
        // Of what is said now clients of other nodes may have to be told, and only then can they be.
        if (!_health.IsUp) return false;
        bool isAllDue, mayBeGone;
        lock (_gate)
        {
            (isAllDue, mayBeGone) = (_isAllDue, _mayBeGone);
            _isAllDue = _mayBeGone = false;
        }
        if (isAllDue && !await TrySayAllAsync(mayBeGone).ConfigureAwait(false)) return false;
        await _sharedCounts.Unsaid.SayAsync(_counts.ShareAgainAsync).ConfigureAwait(false);
        await _sharedPresence.Unsaid.SayAsync(_presence.MakeUpAsync).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> TrySayAllAsync(bool mayBeGone)
    {
        var isSaid = false;
        try
        {
            return isSaid = await _counts.ShareAgainAsync().ConfigureAwait(false) && await _presence.ShareAgainAsync(mayBeGone).ConfigureAwait(false);
        }
        finally
        {
            if (!isSaid)
            {
                lock (_gate)
                {
                    _isAllDue = true;
                    _mayBeGone |= mayBeGone;
                }
            }
        }
    }

    private void Purge(IReadOnlyCollection<string> gone)
    {
        lock (_gate) _gone.UnionWith(gone);
        _purging.Want();
    }

    private async Task<bool> PurgeAsync(CancellationToken cancellationToken)
    {
        string[] gone;
        lock (_gate) gone = [.. _gone];
        try
        {
            foreach (var channels in _presence.Channels.Chunk(MaxAtOnce))
                await Task.WhenAll(channels.Select(channel => PurgeAsync(channel, gone, cancellationToken))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotPurged(_logger, e.Message);
            return false;
        }
        lock (_gate) _gone.ExceptWith(gone);
        return true;
    }

    private async Task PurgeAsync(string channel, string[] gone, CancellationToken cancellationToken) =>
        _presence.TellGone(channel, await _sharedPresence.PurgeAsync(channel, gone, cancellationToken).ConfigureAwait(false));

    private static partial class Log
    {
        [LoggerMessage(2348, LogLevel.Warning, "The users of nodes that died could not be taken out of presence; it is tried again: {Reason}")]
        public static partial void NotPurged(ILogger logger, string reason);

        [LoggerMessage(2349, LogLevel.Error, "What Redis says of this node's users could not be kept true; it is tried again")]
        public static partial void Broke(ILogger logger, Exception exception);
    }
}
