using System.Collections.Frozen;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

/// <summary>Which nodes live. Each holds a lease in Redis and renews it three times before it would end. Safe for concurrent use.</summary>
/// <remarks>A name stands for one life of a node: one that is not in the directory any more never comes back, and what it left behind is void.</remarks>
internal sealed partial class NodeDirectory : IAsyncDisposable
{
    private static readonly RedisScript Script = RedisScript.Embedded(typeof(NodeDirectory), "nodes.lua");

    private readonly CancellationTokenSource _stopping = new();
    private readonly IRedis _redis;
    private readonly RedisNames _names;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeDirectory> _logger;
    private volatile FrozenSet<string> _live;
    private volatile bool _registered;
    private FrozenSet<string> _told = [];
    private Task _renewing = Task.CompletedTask;

    public NodeDirectory(IRedis redis, RedisNames names, string self, TimeSpan lease, TimeProvider time, ILogger<NodeDirectory> logger)
    {
        _redis = redis;
        _names = names;
        _lease = lease;
        _time = time;
        _logger = logger;
        Self = self;
        _live = FrozenSet.Create(self);
    }

    /// <summary>Raised on the renewing loop with nodes whose lease has ended. Handlers start their work and return.</summary>
    public event Action<IReadOnlyCollection<string>>? Died;

    /// <summary>Raised on the renewing loop when other nodes live than before. Handlers start their work and return.</summary>
    public event Action? Changed;

    /// <summary>Raised on the renewing loop when this node's lease is there after it was not: others may have taken what this node had left in Redis for void.</summary>
    public event Action? Registered;

    /// <summary>This node's name.</summary>
    public string Self { get; }

    /// <summary>The nodes that live, this one included; as known at the last look.</summary>
    public IReadOnlySet<string> Live => _live;

    /// <summary>Begins to hold the lease.</summary>
    public void Start() => _renewing = RenewAsync();

    /// <summary>Looks now.</summary>
    /// <exception cref="RedisUnavailableException">Redis cannot answer.</exception>
    public async ValueTask<IReadOnlySet<string>> LookAsync(CancellationToken cancellationToken)
    {
        await AskAsync("", 0, cancellationToken).ConfigureAwait(false);
        return _live;
    }

    /// <summary>Ends the lease, so that nobody waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stopping.Dispose();
        if (!_registered) return;
        try
        {
            await AskAsync(Self, 0, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.LeaseNotEnded(_logger, e.Message);
        }
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_lease / 4, _time);
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
            var held = await AskAsync(Self, (long)_lease.TotalMilliseconds, _stopping.Token).ConfigureAwait(false);
            var wasRegistered = _registered;
            _registered = true;
            if (!held)
            {
                if (wasRegistered) Log.LeaseLapsed(_logger);
                Registered?.Invoke();
            }
            var live = _live;
            var dead = _told.Except(live).ToArray();
            var changed = !_told.SetEquals(live);
            _told = live;
            if (changed) Changed?.Invoke();
            if (dead.Length > 0)
            {
                Log.NodesDied(_logger, string.Join(", ", dead));
                Died?.Invoke(dead);
            }
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotRenewed(_logger, e.Message);
        }
    }

    /// <returns>Whether this node's lease held until now.</returns>
    private async ValueTask<bool> AskAsync(string self, long leaseMilliseconds, CancellationToken cancellationToken)
    {
        var reply = await _redis.ExecuteAsync(RedisCommand.Call(Script, [_names.Nodes], [self, leaseMilliseconds]), cancellationToken).ConfigureAwait(false);
        var nodes = new HashSet<string>(StringComparer.Ordinal) { Self };
        foreach (var node in reply.Items[1].Items) nodes.Add(node.AsString()!);
        if (!_live.SetEquals(nodes)) _live = nodes.ToFrozenSet(StringComparer.Ordinal);
        return reply.Items[0].AsInteger() == 1;
    }
}
