namespace Arauto.Redis;

/// <summary>The three kinds of subscription.</summary>
internal enum RedisTopicKind
{
    /// <summary><c>SUBSCRIBE</c>.</summary>
    Exact,

    /// <summary><c>PSUBSCRIBE</c>.</summary>
    Pattern,

    /// <summary><c>SSUBSCRIBE</c>.</summary>
    Sharded,
}
