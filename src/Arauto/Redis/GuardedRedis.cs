namespace Arauto.Redis;

/// <summary>A Redis behind a circuit breaker: commands fail at once while it is open. Subscriptions are not commands of anybody and pass.</summary>
/// <remarks>Commands for a Cluster pass too: it is several servers, and the fault of one must not refuse what the others have.</remarks>
internal sealed class GuardedRedis(IRedis redis, CircuitBreaker breaker) : IRedis
{
    private const string Open = "Redis failed too often; commands are not sent to it for a while (circuit breaker).";

    /// <inheritdoc/>
    public bool IsCluster => redis.IsCluster;

    /// <inheritdoc/>
    public bool IsConnected => redis.IsConnected && breaker.State == CircuitState.Closed;

    /// <inheritdoc/>
    public string? Trouble => redis.Trouble ?? (breaker.State == CircuitState.Closed ? null : Open);

    /// <inheritdoc/>
    public void Start() => redis.Start();

    /// <inheritdoc/>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken) =>
        redis.IsCluster ? redis.ExecuteAsync(command, cancellationToken)
        : breaker.TryEnter() ? WatchAsync(redis.ExecuteAsync(command, cancellationToken))
        : ValueTask.FromException<RedisReply>(new RedisUnavailableException(Open));

    /// <inheritdoc/>
    public ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken) =>
        redis.IsCluster ? redis.ExecuteOnMastersAsync(command, cancellationToken)
        : breaker.TryEnter() ? WatchAsync(redis.ExecuteOnMastersAsync(command, cancellationToken))
        : ValueTask.FromException<RedisReply[]>(new RedisUnavailableException(Open));

    /// <inheritdoc/>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler) => redis.Subscribe(topic, handler);

    /// <inheritdoc/>
    public void Unsubscribe(RedisTopic topic) => redis.Unsubscribe(topic);

    /// <inheritdoc/>
    public bool IsSubscribed(RedisTopic topic) => redis.IsSubscribed(topic);

    /// <summary>The Redis behind it belongs to whoever made it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> WatchAsync<T>(ValueTask<T> reply)
    {
        try
        {
            var result = await reply.ConfigureAwait(false);
            breaker.Succeed();
            return result;
        }
        catch (RedisUnavailableException)
        {
            breaker.Fail();
            throw;
        }
        catch (RedisException)
        {
            // It answers; what it answers is the caller's affair.
            breaker.Succeed();
            throw;
        }
    }
}
