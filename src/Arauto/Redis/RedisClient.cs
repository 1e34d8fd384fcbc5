using Arauto.Redis.Clusters;
using Arauto.Redis.Links;
using Arauto.Redis.Sentinels;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis;

/// <summary>The Redis client, for every topology.</summary>
internal sealed class RedisClient : IRedis
{
    private readonly IRedis _redis;

    /// <summary>Creates the client; nothing is connected before <see cref="Start"/>.</summary>
    public RedisClient(RedisClientOptions options, TimeProvider time, ILogger<RedisClient> logger)
    {
        _redis = options.Address.Topology switch
        {
            RedisTopology.Single => new MasterRedis(new FixedServer(options.Address.Hosts[0]), options, time, logger),
            RedisTopology.Sentinel => new MasterRedis(new SentinelLocator(options, time, logger), options, time, logger),
            _ => new ClusterRedis(options, time, logger),
        };
    }

    /// <inheritdoc/>
    public bool IsCluster => _redis.IsCluster;

    /// <inheritdoc/>
    public bool IsConnected => _redis.IsConnected;

    /// <inheritdoc/>
    public string? Trouble => _redis.Trouble;

    /// <inheritdoc/>
    public void Start() => _redis.Start();

    /// <inheritdoc/>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken) => _redis.ExecuteAsync(command, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken) => _redis.ExecuteOnMastersAsync(command, cancellationToken);

    /// <inheritdoc/>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler) => _redis.Subscribe(topic, handler);

    /// <inheritdoc/>
    public void Unsubscribe(RedisTopic topic) => _redis.Unsubscribe(topic);

    /// <inheritdoc/>
    public bool IsSubscribed(RedisTopic topic) => _redis.IsSubscribed(topic);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
