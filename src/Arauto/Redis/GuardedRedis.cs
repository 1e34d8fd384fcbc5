namespace Arauto.Redis;

/// <summary>A Redis behind a circuit breaker: commands fail at once while it is open. Subscriptions are not commands of anybody and pass.</summary>
/// <remarks>
/// <para>What counts is whether somebody waited for nothing: no connection, no answer in time, a full queue. Whatever the server
/// answers, also that it cannot now, is an answer: a full Redis refuses writes and can still be read.</para>
/// <para>Commands for a Cluster pass: it is several servers, and the fault of one must not refuse what the others have.</para>
/// </remarks>
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
        : breaker.TryEnter(out var period) ? WatchAsync(redis.ExecuteAsync(command, cancellationToken), period)
        : ValueTask.FromException<RedisReply>(new RedisUnavailableException(Open));

    /// <inheritdoc/>
    public ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken) =>
        redis.IsCluster ? redis.ExecuteOnMastersAsync(command, cancellationToken)
        : breaker.TryEnter(out var period) ? WatchAsync(redis.ExecuteOnMastersAsync(command, cancellationToken), period)
        : ValueTask.FromException<RedisReply[]>(new RedisUnavailableException(Open));

    /// <inheritdoc/>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler) => redis.Subscribe(topic, handler);

    /// <inheritdoc/>
    public void Unsubscribe(RedisTopic topic) => redis.Unsubscribe(topic);

    /// <inheritdoc/>
    public bool IsSubscribed(RedisTopic topic) => redis.IsSubscribed(topic);

    /// <summary>The Redis behind it belongs to whoever made it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> WatchAsync<T>(ValueTask<T> reply, int period)
    {
        try
        {
            var result = await reply.ConfigureAwait(false);
            breaker.Succeed(period);
            return result;
        }
        catch (RedisUnavailableException e) when (!e.IsAnswer)
        {
            breaker.Fail(period);
            throw;
        }
        catch (Exception e) when (e is RedisException or RedisUnavailableException)
        {
            breaker.Succeed(period);
            throw;
        }
    }
}
