using Arauto.Backplanes.Redis;
using Arauto.Options;
using Arauto.Redis;
using Arauto.Stores;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Nodes of one Redis and one store.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>The user of Redis that is <see cref="Strayer"/>'s alone.</summary>
    private const string StrayersUser = "strayer";

    private readonly List<TestNode> _nodes = [];
    private readonly Action<ArautoOptions>? _configure;
    private readonly Func<IStore?> _store;

    private int _started;

    private TestCluster(RedisServer redis, Action<ArautoOptions>? configure, Func<IStore?> store)
    {
        Redis = redis;
        _configure = configure;
        _store = store;
    }

    public RedisServer Redis { get; }

    /// <summary>The node that can be kept away from Redis, if there is one.</summary>
    public TestNode Strayer => _nodes[1];

    public TestNode this[int index] => _nodes[index];

    public IReadOnlyList<TestNode> Nodes => _nodes;

    /// <summary>Starts a Redis and nodes on it.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="configure">Sets options of each.</param>
    /// <param name="store">The store of each; by default Redis is their store.</param>
    public static async Task<TestCluster> StartAsync(int nodes, Action<ArautoOptions>? configure = null, Func<IStore?>? store = null)
    {
        var cluster = new TestCluster(await RedisServer.StartAsync(), configure, store ?? (() => null));
        for (var i = 0; i < nodes; i++) await cluster.AddAsync();
        return cluster;
    }

    /// <summary>Starts a Redis and two nodes on it, of which the second can be kept away from it, and waits until they know each other.</summary>
    public static async Task<TestCluster> StartWithStrayerAsync(Action<ArautoOptions>? configure = null, Func<IStore?>? store = null)
    {
        var strayersUrl = "";
        var cluster = await StartAsync(
            0,
            options =>
            {
                if (options.Node == "node1") options.Redis = strayersUrl;
                configure?.Invoke(options);
            },
            store);
        strayersUrl = await cluster.Redis.AddNodeUserAsync(StrayersUser);
        await cluster.AddAsync();
        await cluster.AddAsync();
        await Eventually.TrueAsync("the nodes know each other", () => cluster.Nodes.All(node => node.Get<NodeDirectory>().Live.Count == 2));
        return cluster;
    }

    /// <summary>Cuts the strayer off, and keeps it away until <see cref="LetBackAsync"/>. So does a restart of Redis.</summary>
    public async Task CutOffAsync()
    {
        await Redis.CommandAsync("ACL", "DELUSER", StrayersUser);
        await Eventually.TrueAsync("it is cut off", () => !Strayer.Get<IRedis>().IsConnected);
    }

    /// <summary>Lets the strayer come back.</summary>
    public Task LetBackAsync() => Redis.AddNodeUserAsync(StrayersUser);

    /// <summary>Starts one more node.</summary>
    public async Task<TestNode> AddAsync()
    {
        var number = _started++;
        var node = await TestNode.StartAsync(
            options =>
            {
                options.Redis = Redis.NodeUrl;
                options.Node = $"node{number}";
                options.Cluster.LeaseSeconds = 1;
                // Tests ask as often as they like.
                options.Limits.CommandsPerSecond = 0;
                _configure?.Invoke(options);
            },
            _store());
        _nodes.Add(node);
        return node;
    }

    /// <summary>Stops a node in good order.</summary>
    public async Task RemoveAsync(int index)
    {
        var node = _nodes[index];
        _nodes.RemoveAt(index);
        await node.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
