namespace Arauto.Redis;

/// <summary>How the servers belong together.</summary>
internal enum RedisTopology
{
    /// <summary>One server.</summary>
    Single,

    /// <summary>The hosts are Sentinels, which know the master.</summary>
    Sentinel,

    /// <summary>The hosts are nodes of a Cluster, by which the others are found.</summary>
    Cluster,
}
