using System.Collections.Frozen;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

/// <summary>Which nodes live. Each holds a lease in Redis and renews it five times before it would end. Safe for concurrent use.</summary>
/// <remarks>
/// <para>What a node leaves in Redis carries the name of its lease. A lease that ended never comes back: a node that could not
/// renew its own takes another one and says everything again under that. So whatever stands under one that ended is void for good.</para>
/// <para>A lease also ends because Redis was away, and then all do. So this node judges nobody dead before its own contact has been
/// unbroken for a lease; until then those it knew count as living.</para>
/// </remarks>
internal sealed partial class NodeDirectory : IAsyncDisposable
{
    private static readonly RedisScript Script = RedisScript.Embedded(typeof(NodeDirectory), "nodes.lua");

    /// <summary>Within this time everybody is back whose connection was cut: two seconds between two attempts at most, and some to connect and renew.</summary>
    private static readonly TimeSpan Return = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _stopping = new();
    private readonly IRedis _redis;
    private readonly RedisNames _names;
    private readonly TimeSpan _term;
    private readonly TimeSpan _settling;

    /// <summary>
    /// The longest time between two renewals after which others cannot have lost their lease by what held this node up: theirs was
    /// then at most an eighth old, of six, and an eighth is left for them to renew.
    /// </summary>
    private readonly TimeSpan _unbroken;

    private readonly TimeProvider _time;
    private readonly ILogger<NodeDirectory> _logger;
    private volatile FrozenSet<string> _leases;
    private volatile FrozenSet<string> _live;
    private volatile string _lease;
    private volatile Contact? _contact;
    private volatile bool _isGivenUp;
    private volatile FrozenSet<string> _known = [];
    private int _leasesBefore;
    private bool _isHeld;
    private bool _wasHeld;
    private Task _renewing = Task.CompletedTask;

    public NodeDirectory(IRedis redis, RedisNames names, string self, TimeSpan lease, TimeProvider time, ILogger<NodeDirectory> logger)
    {
        _redis = redis;
        _names = names;
        _term = lease;
        _settling = lease > Return ? lease : Return;
        _unbroken = lease * 0.5;
        _time = time;
        _logger = logger;
        Self = self;
        _lease = NodeLease.NameOf(self, 0);
        _live = FrozenSet.Create(self);
        _leases = FrozenSet.Create(_lease);
    }

    /// <summary>Raised on the renewing loop with leases that have ended and will not be followed by others. Handlers start their work and return.</summary>
    public event Action<IReadOnlyCollection<string>>? Died;

    /// <summary>Raised on the renewing loop when other nodes live than before. Handlers start their work and return.</summary>
    public event Action? Changed;

    /// <summary>
    /// Raised on the renewing loop when a lease of this node has begun: nothing stands under it yet. Says whether it follows one
    /// that had ended, so that others may have taken this node for dead. Handlers start their work and return.
    /// </summary>
    public event Action<bool>? Began;

    /// <summary>Raised on the renewing loop whenever Redis has answered. Handlers start their work and return.</summary>
    public event Action? Renewed;

    /// <summary>This node's name.</summary>
    public string Self { get; }

    /// <summary>The name under which this node leaves things in Redis now.</summary>
    public string Lease => _lease;

    /// <summary>The nodes that live, this one included; as known at the last look.</summary>
    public IReadOnlySet<string> Live => _live;

    /// <summary>The leases of <see cref="Live"/>.</summary>
    public IReadOnlySet<string> Leases => _leases;

    private bool IsSettled =>
        _contact is { } contact && _time.GetElapsedTime(contact.LastAt) <= _unbroken && _time.GetElapsedTime(contact.Since) >= _settling;

    /// <summary>Begins to hold a lease.</summary>
    public void Start() => _renewing = RenewAsync();

    /// <summary>Looks now.</summary>
    /// <returns>The <see cref="Leases"/>.</returns>
    /// <exception cref="RedisUnavailableException">Redis cannot answer.</exception>
    public async ValueTask<IReadOnlySet<string>> LookAsync(CancellationToken cancellationToken) =>
        See(await AskAsync("", 0, begins: false, cancellationToken).ConfigureAwait(false));

    /// <summary>Looks now which of some leases are gone.</summary>
    /// <exception cref="RedisUnavailableException">Redis cannot answer.</exception>
    public async ValueTask<string[]> FindGoneAsync(IReadOnlyCollection<string> leases, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("", 0, begins: false, cancellationToken).ConfigureAwait(false);
        var living = See(answer);
        var isSettled = IsSettled;
        return [.. leases.Where(lease => !living.Contains(lease) && (isSettled || !answer.Ended.Contains(lease)))];
    }

    /// <summary>Lets this node's lease end, and everything under it, for one in which nothing is wrong. Takes effect with the next renewal.</summary>
    public void GiveUpLease() => _isGivenUp = true;

    /// <summary>Ends the lease, so that nobody waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stopping.Dispose();
        if (!_isHeld) return;
        try
        {
            await AskAsync(_lease, 0, begins: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.LeaseNotEnded(_logger, e.Message);
        }
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_term / 8, _time);
        try
        {
            do await RenewOnceAsync().ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task RenewOnceAsync()
    {
        try
        {
            if (_isGivenUp) TakeAnother(wasHeld: true);
            // In the last quarter the others look, so that they know of a death within the lease, even if one look is late.
            var milliseconds = (long)(_term * 0.75).TotalMilliseconds;
            var answer = await AskAsync(_lease, milliseconds, !_isHeld, _stopping.Token).ConfigureAwait(false);
            if (_isHeld && answer.Stood != Standing.Held)
            {
                Log.LeaseLapsed(_logger);
                // A Redis that does not remember it has lost everything, and nobody took anything away.
                TakeAnother(wasHeld: answer.Stood == Standing.Ended);
                answer = await AskAsync(_lease, milliseconds, begins: true, _stopping.Token).ConfigureAwait(false);
            }
            Take(answer);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            _contact = null;
            Log.NotRenewed(_logger, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever a handler did: a node that does not renew counts as dead.
            Log.HandlerFailed(_logger, e);
        }
    }

    private void TakeAnother(bool wasHeld)
    {
        _isGivenUp = false;
        _isHeld = false;
        _wasHeld = wasHeld;
        _lease = NodeLease.NameOf(Self, ++_leasesBefore);
    }

    private void Take(Answer answer)
    {
        var begins = !_isHeld;
        _isHeld = true;
        var now = _time.GetTimestamp();
        // Redis, or this node, may have stood still between two renewals that went well; then the others could not renew either.
        var heldUp = !begins && _contact is { } before ? _time.GetElapsedTime(before.LastAt, now) : (TimeSpan?)null;
        var isUnbroken = heldUp <= _unbroken;
        if (heldUp > _unbroken) Log.HeldUp(_logger, (long)heldUp.Value.TotalMilliseconds, _settling.TotalSeconds);
        _contact = new Contact(isUnbroken ? _contact!.Since : now, now);
        var nodes = _known.Select(NodeLease.NodeOf).ToHashSet(StringComparer.Ordinal);
        var leases = See(answer);
        var ended = _known.Except(leases).ToArray();
        _known = leases;
        if (begins) Began?.Invoke(_wasHeld);
        if (!nodes.SetEquals(_live)) Changed?.Invoke();
        if (ended.Length > 0)
        {
            Log.LeasesEnded(_logger, string.Join(", ", ended));
            Died?.Invoke(ended);
        }
        Renewed?.Invoke();
    }

    /// <summary>Leases that ended count as long as it cannot be told why they did.</summary>
    private FrozenSet<string> See(Answer answer)
    {
        var leases = new HashSet<string>(answer.Holding, StringComparer.Ordinal) { _lease };
        if (!IsSettled) leases.UnionWith(answer.Ended.Where(_known.Contains));
        if (!_leases.SetEquals(leases))
        {
            _leases = leases.ToFrozenSet(StringComparer.Ordinal);
            _live = leases.Select(NodeLease.NodeOf).ToFrozenSet(StringComparer.Ordinal);
        }
        return _leases;
    }

    private async ValueTask<Answer> AskAsync(string lease, long milliseconds, bool begins, CancellationToken cancellationToken)
    {
        var reply = await _redis.ExecuteAsync(RedisCommand.Call(Script, [_names.Nodes], [lease, milliseconds, begins ? 1 : 0]), cancellationToken).ConfigureAwait(false);
        return new Answer((Standing)reply.Items[0].AsInteger(), Names(reply.Items[1]), Names(reply.Items[2]));

        static List<string> Names(in RedisReply names)
        {
            var read = new List<string>(names.Items.Length);
            foreach (var name in names.Items) read.Add(name.AsString()!);
            return read;
        }
    }

    private enum Standing
    {
        Unknown,
        Ended,
        Held,
    }

    /// <summary>Redis' answers without a break.</summary>
    private sealed record Contact(long Since, long LastAt);

    private sealed record Answer(Standing Stood, List<string> Holding, List<string> Ended);
}
