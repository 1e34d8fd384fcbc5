namespace Arauto.Redis;

/// <summary>What one can subscribe to.</summary>
/// <param name="Kind">How the name is meant.</param>
/// <param name="Name">The channel, or the pattern.</param>
internal readonly record struct RedisTopic(RedisTopicKind Kind, string Name)
{
    /// <summary>A channel of <c>PUBLISH</c>.</summary>
    public static RedisTopic Exact(string channel) => new(RedisTopicKind.Exact, channel);

    /// <summary>All channels of <c>PUBLISH</c> that match a pattern.</summary>
    public static RedisTopic Pattern(string pattern) => new(RedisTopicKind.Pattern, pattern);

    /// <summary>A channel of <c>SPUBLISH</c> (Redis 7), which lives on the master of its slot.</summary>
    public static RedisTopic Sharded(string channel) => new(RedisTopicKind.Sharded, channel);
}
