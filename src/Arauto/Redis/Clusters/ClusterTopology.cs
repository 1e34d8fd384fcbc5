using System.Net;
using Arauto.Redis.Links;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Clusters;

/// <summary>Keeps the map of slots up to date: asked for anew when something points elsewhere, and every few seconds.</summary>
internal sealed partial class ClusterTopology : IAsyncDisposable
{
    /// <summary>The least time between two looks, whatever points elsewhere.</summary>
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A move of a slot that concerns nobody's command or topic needs no haste.</summary>
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(5);

    /// <summary>While masters are away their replacement is looked for.</summary>
    private static readonly TimeSpan TroubledInterval = TimeSpan.FromMilliseconds(500);

    private static readonly RedisCommand ClusterSlots = new("CLUSTER", "SLOTS");

    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisConnector _connector;
    private readonly ClusterTopics _topics;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SlotMap _slots = SlotMap.Empty;
    private volatile string? _trouble = "It is not connected yet.";
    private Task _running = Task.CompletedTask;

    public ClusterTopology(RedisClientOptions options, ClusterTopics topics, TimeProvider time, ILogger logger)
    {
        _options = options;
        _topics = topics;
        _time = time;
        _logger = logger;
        _connector = new RedisConnector(options, time);
        Nodes = new ClusterNodes(options, time, logger, LookAgain);
    }

    /// <summary>The connections to the masters.</summary>
    public ClusterNodes Nodes { get; }

    /// <summary>Who has which slot, as far as is known.</summary>
    public SlotMap Slots => _slots;

    /// <summary>Over when the first look has succeeded or failed.</summary>
    public Task FirstLook => _firstLook.Task;

    /// <summary>Why not every slot can be served; <see langword="null"/> while all can.</summary>
    public string? Trouble
    {
        get
        {
            if (_trouble is { } trouble) return trouble;
            var slots = _slots;
            if (slots.Uncovered > 0) return $"{slots.Uncovered} of the Cluster's slots have no master.";
            foreach (var master in slots.Masters)
                if (master.Trouble is { } away) return away;
            return null;
        }
    }

    /// <summary>Begins to look.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Something points elsewhere than the map.</summary>
    public void LookAgain() => _hurry.TrySetResult();

    /// <summary>A server says who has a slot: believed at once, and looked at whether more has changed.</summary>
    public void Learn(Redirection moved)
    {
        lock (_gate)
        {
            if (!moved.Host.Equals(_slots[moved.Slot]?.Host)) Apply(_slots.With(moved.Slot, Nodes.Get(moved.Host)), moved.Slot);
        }
        LookAgain();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _trouble = "The client is closed.";
        _firstLook.TrySetResult();
        await Nodes.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The map is everybody's: the loop must outlive a fault of ours.
                Log.Failed(_logger, e);
            }
            _firstLook.TrySetResult();
            await Task.Delay(MinInterval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var wait = Trouble is null ? MaxInterval : TroubledInterval;
            await _hurry.Task.WaitAsync(wait - MinInterval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task LookAsync()
    {
        var troubles = new List<string>();
        foreach (var (host, commands) in Sources())
        {
            try
            {
                var ranges = commands is null ? await AskSeedAsync(host).ConfigureAwait(false) : await AskAsync(host, commands).ConfigureAwait(false);
                lock (_gate) Apply(SlotMap.Create(ranges.Select(range => (range, Nodes.Get(range.Master)))));
                if (_trouble is not null) Log.Known(_logger, _slots.Masters.Count);
                _trouble = null;
                return;
            }
            catch (Exception e) when (e is RedisException or RedisUnavailableException)
            {
                troubles.Add($"{host.Host}:{host.Port}: {e.Message}");
            }
        }
        var trouble = $"No node of the Cluster tells its slots. {string.Join(' ', troubles)}";
        if (_trouble is null || !_firstLook.Task.IsCompleted) Log.Unknown(_logger, trouble);
        _trouble = trouble;
    }

    /// <summary>Masters that are connected, in any order, then the addresses that were given.</summary>
    private List<(DnsEndPoint Host, CommandLink? Commands)> Sources()
    {
        var connected = Nodes.All.Where(node => node.Commands.Trouble is null).ToArray();
        Random.Shared.Shuffle(connected);
        var seeds = _options.Address.Hosts.ToArray();
        Random.Shared.Shuffle(seeds);
        return [.. connected.Select(node => (node.Host, (CommandLink?)node.Commands)), .. seeds.Select(seed => (seed, (CommandLink?)null))];
    }

    private async Task<List<SlotRange>> AskAsync(DnsEndPoint host, CommandLink commands) =>
        SlotRange.Read(await commands.ExecuteAsync(ClusterSlots, _stopping.Token).ConfigureAwait(false), host);

    private async Task<List<SlotRange>> AskSeedAsync(DnsEndPoint seed)
    {
        var connection = await _connector.OpenAnyAsync(seed, _stopping.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return SlotRange.Read(await connection.ExecuteAsync(ClusterSlots, _stopping.Token).ConfigureAwait(false), seed);
    }

    /// <param name="slots">The map from now on.</param>
    /// <param name="slot">The only slot in which it differs; <see langword="null"/> if any may.</param>
    private void Apply(SlotMap slots, int? slot = null)
    {
        if (_stopping.IsCancellationRequested) return;
        _slots = slots;
        _topics.MoveTo(slots, slot);
        Nodes.GiveUpAllBut(slots.Masters);
    }
}
