using Arauto.Redis;

namespace Arauto.Stores.Redis;

/// <summary>The names of everything the store keeps. Immutable.</summary>
/// <remarks>
/// What belongs together has one hash tag, and so one slot on a Cluster. No two names are equal: in front of the tag stands the kind,
/// and what follows the tag begins with a space, which no channel's name has.
/// </remarks>
internal sealed class RedisKeys(string prefix, bool isCluster)
{
    /// <summary>A channel's messages: a stream.</summary>
    public RedisArg Messages(string channel) => $"{prefix}arauto:log:{{c:{channel}}}";

    /// <summary>A channel's state: a hash.</summary>
    public RedisArg State(string channel) => $"{prefix}arauto:state:{{c:{channel}}}";

    /// <summary>An idempotency key of a channel: a string.</summary>
    public RedisArg Remembered(string channel, string key) => $"{prefix}arauto:key:{{c:{channel}}} {key}";

    /// <summary>The hints of a channel: a topic.</summary>
    public RedisArg Hints(string channel) => $"{prefix}arauto:hint:{{c:{channel}}}";

    /// <summary>The base of the epochs of a channel: a string. One for all, but on a Cluster one per slot, since each server may lose its data alone.</summary>
    public string Base(string channel) => isCluster ? $"{prefix}arauto:base:{{{SlotTags.Of($"{{c:{channel}}}")}}}" : $"{prefix}arauto:base";

    /// <summary>Marks of a channel: a hash of users.</summary>
    public RedisArg Receipts(string channel) => $"{prefix}arauto:receipts:{{c:{channel}}}";

    /// <summary>The users who have marks in a channel, in their order: a sorted set.</summary>
    public RedisArg Readers(string channel) => $"{prefix}arauto:readers:{{c:{channel}}}";

    /// <summary>A room: a hash.</summary>
    public RedisArg Room(Guid id) => $"{prefix}arauto:room:{{r:{id:D}}}";

    /// <summary>The members of a room: a set.</summary>
    public RedisArg Members(Guid id) => $"{prefix}arauto:members:{{r:{id:D}}}";

    /// <summary>The rooms of a user, in their order: a sorted set.</summary>
    public RedisArg RoomsOf(string user) => $"{prefix}arauto:rooms:{{u:{user}}}";

    /// <summary>Written to see whether Redis takes writes: a string.</summary>
    public RedisArg Check { get; } = $"{prefix}arauto:check";

    /// <summary>Revocations: a hash.</summary>
    public RedisArg Revocations { get; } = $"{prefix}arauto:revocations";
}
