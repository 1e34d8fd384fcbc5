namespace Arauto.Stores.Redis;

/// <summary>For how long a <see cref="RedisStore"/> remembers.</summary>
internal sealed class RedisStoreOptions
{
    /// <summary>How long an idempotency key is remembered, above zero. Default: 24 hours.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Hours after which a room without activity is dropped, with its messages and marks; 0 = never. Default: 24.</summary>
    public double RoomHours { get; init; } = 24;
}
