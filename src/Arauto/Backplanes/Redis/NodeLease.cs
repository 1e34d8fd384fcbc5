namespace Arauto.Backplanes.Redis;

/// <summary>The names of leases: that of the node for its first, with a number behind it for those that follow one that ended.</summary>
internal static class NodeLease
{
    /// <summary>The name of a node's lease.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="number">How many leases it had before.</param>
    public static string NameOf(string node, int number) => number == 0 ? node : $"{node}.{number}";

    /// <summary>The node that holds a lease.</summary>
    public static string NodeOf(string lease) => lease.Length > INodeBus.NameLength ? lease[..INodeBus.NameLength] : lease;
}
