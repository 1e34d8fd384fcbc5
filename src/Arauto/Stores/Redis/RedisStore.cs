using Arauto.Auth;
using Arauto.Logs;
using Arauto.Receipts;
using Arauto.Redis;
using Arauto.Rooms;
using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

/// <summary>Keeps everything in Redis, where all nodes find it. The client is the caller's, who starts and disposes it.</summary>
internal sealed class RedisStore : IStore
{
    private readonly IRedis _redis;
    private readonly RedisKeys _keys;
    private readonly RedisDurability _durability;

    /// <param name="redis">Where it is.</param>
    /// <param name="prefix">What stands in front of all keys: <see cref="RedisAddress.Prefix"/>.</param>
    /// <param name="options">For how long it remembers; read once.</param>
    /// <param name="time">The clock for ages and keys.</param>
    /// <param name="loggers">For the logs of its parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RedisStore(IRedis redis, string prefix, RedisStoreOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.IdempotencyWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RoomHours, 0);
        _redis = redis;
        _durability = new RedisDurability(redis, time, loggers.CreateLogger<RedisDurability>());
        _keys = new RedisKeys(prefix, redis.IsCluster);
        var lives = new RedisLogOptions { IdempotencyWindow = options.IdempotencyWindow, RoomLife = TimeSpan.FromHours(options.RoomHours) };
        var activity = new RoomActivity(redis, _keys, lives, time);
        Log = new RedisChannelLog(redis, _keys, lives, _durability, activity, time, loggers.CreateLogger<RedisChannelLog>());
        Rooms = new RedisRoomStore(redis, _keys, activity);
        Receipts = new RedisReceiptStore(redis, _keys, activity);
        Revocations = new RedisRevocationStore(redis, _keys);
    }

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public IChannelLog Log { get; }

    /// <inheritdoc/>
    public IRoomStore Rooms { get; }

    /// <inheritdoc/>
    public IReceiptStore Receipts { get; }

    /// <inheritdoc/>
    public IRevocationStore Revocations { get; }

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => CheckAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        await _durability.LookAsync(cancellationToken).ConfigureAwait(false);
        // A write, because a server that is full or has lost its replicas still reads well.
        await _redis.AskAsync(new RedisCommand("SET", _keys.Check, "1", "EX", 60), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The part of the store that has a channel's log, and may be away alone: of a Cluster a slot, otherwise the whole of it.</summary>
    public string PartOf(string channel) => _keys.Base(channel);

    /// <summary>Does nothing: the client is the caller's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
