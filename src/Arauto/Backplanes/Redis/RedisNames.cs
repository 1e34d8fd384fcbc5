using Arauto.Redis;

namespace Arauto.Backplanes.Redis;

/// <summary>The names of the backplane's keys and channels in Redis. Immutable.</summary>
/// <param name="prefix">What stands in front of all of them.</param>
internal sealed class RedisNames(string prefix)
{
    /// <summary>What stands in front of all names.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>The key that holds the nodes and until when each is believed to live.</summary>
    public string Nodes { get; } = $"{prefix}arauto:nodes:live";

    /// <summary>The channel that all nodes hear.</summary>
    public string AllNodes { get; } = $"{prefix}arauto:nodes";

    /// <summary>The channel that one node hears.</summary>
    public string Inbox(string node) => $"{Prefix}arauto:node:{node}";

    /// <summary>The channel on which a node hears itself.</summary>
    public string Canary(string node) => $"{Prefix}arauto:canary:{node}";

    /// <summary>The channel of a channel's hints. Its hash tag is that of the channel's log, so that one script can append and publish.</summary>
    public string Hints(string channel) => $"{Prefix}arauto:hint:{{c:{channel}}}";

    /// <summary>The key of who is in a channel.</summary>
    public string Presence(string channel) => $"{Prefix}arauto:presence:{{c:{channel}}}";

    /// <summary>The key of a user's connections per node.</summary>
    public string Connections(string user) => $"{Prefix}arauto:connections:{{u:{user}}}";

    /// <summary>The topic of a channel that is published on by this kind of Redis.</summary>
    public static RedisTopic Topic(IRedis redis, string channel) => redis.IsCluster ? RedisTopic.Sharded(channel) : RedisTopic.Exact(channel);

    /// <summary>Publishes on a channel of <see cref="Topic"/>.</summary>
    public static RedisCommand Publish(IRedis redis, string channel, ReadOnlyMemory<byte> payload) =>
        new(redis.IsCluster ? "SPUBLISH" : "PUBLISH", channel, payload);
}
