namespace Arauto.Stores.Redis;

/// <summary>For how long a log in Redis remembers.</summary>
internal sealed class RedisLogOptions
{
    /// <summary>How long an idempotency key is remembered, above zero. Default: 24 hours.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long at least it is known of an idle channel where it ended, though its messages are too old to be kept: a client that was away
    /// no longer learns whether it missed any. Default: 24 hours.
    /// </summary>
    public TimeSpan ShortestLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long the messages of a room are kept without activity in it; zero = for ever. Default: 24 hours.</summary>
    public TimeSpan RoomLife { get; init; } = TimeSpan.FromHours(24);
}
