using Microsoft.Extensions.Logging;

namespace Arauto.Redis;

/// <summary>A node's Redis: the client, and the breaker in front of it for everybody's commands.</summary>
internal sealed class RedisService : IAsyncDisposable
{
    private RedisService(RedisAddress address, IRedis client, CircuitBreaker breaker)
    {
        Address = address;
        Client = client;
        Breaker = breaker;
        Guarded = new GuardedRedis(client, breaker);
    }

    /// <summary>Where it is.</summary>
    public RedisAddress Address { get; }

    /// <summary>The client itself, for what has to find out whether Redis is well.</summary>
    public IRedis Client { get; }

    /// <summary>The breaker.</summary>
    public CircuitBreaker Breaker { get; }

    /// <summary>The client behind the breaker.</summary>
    public IRedis Guarded { get; }

    /// <summary>Makes the client; it does not connect yet.</summary>
    public static RedisService Create(RedisAddress address, string clientName, TimeSpan circuitOpenFor, TimeProvider time, ILoggerFactory logging) =>
        new(
            address,
            new RedisClient(new RedisClientOptions { Address = address, ClientName = clientName }, time, logging.CreateLogger<RedisClient>()),
            new CircuitBreaker(circuitOpenFor, time));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
