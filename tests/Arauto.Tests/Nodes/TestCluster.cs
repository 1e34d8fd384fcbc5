using Arauto.Options;
using Arauto.Stores;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Nodes of one Redis and one store.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
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
