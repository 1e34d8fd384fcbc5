using Arauto.Redis;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Stores.Redis;

/// <summary>One Redis Cluster of three masters for the tests of a class.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private ClusterSet? _cluster;

    internal IRedis Redis { get; private set; } = null!;

    /// <summary>A store in an empty part of the Cluster.</summary>
    internal RedisStore CreateStore(TimeProvider time) => new(Redis, SharedRedis.NextPrefix(), new RedisStoreOptions(), time, NullLoggerFactory.Instance);

    public async ValueTask InitializeAsync()
    {
        _cluster = await ClusterSet.StartAsync();
        Redis = RedisServer.Connect(_cluster.Url);
        await Eventually.TrueAsync("the client is connected", () => Redis.IsConnected);
    }

    public async ValueTask DisposeAsync()
    {
        if (Redis is not null) await Redis.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}
