namespace Arauto.Redis;

/// <summary>What a reply is.</summary>
internal enum RedisReplyKind
{
    /// <summary>Nothing: the key is not there.</summary>
    Null,

    /// <summary>Bytes: a bulk, simple or verbatim string, a double or a big number as text.</summary>
    Text,

    /// <summary>An integer, or a boolean as 0 or 1.</summary>
    Integer,

    /// <summary>An array, a set, or a map as keys and values in turn.</summary>
    Array,

    /// <summary>An error inside an array; as a whole reply it is an exception.</summary>
    Error,
}
