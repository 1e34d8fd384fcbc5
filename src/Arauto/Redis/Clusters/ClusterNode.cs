using System.Net;
using Arauto.Redis.Links;

namespace Arauto.Redis.Clusters;

/// <summary>A master of a Cluster and the connections to it.</summary>
internal sealed class ClusterNode(DnsEndPoint host, ServerPair servers)
{
    /// <summary>Where it is.</summary>
    public DnsEndPoint Host { get; } = host;

    /// <summary>The connection for commands.</summary>
    public CommandLink Commands => servers.Commands;

    /// <summary>The connection for pushes.</summary>
    public PushLink Pushes => servers.Pushes;

    /// <summary>Why one of them is not there; <see langword="null"/> while both are.</summary>
    public string? Trouble => servers.Trouble;

    /// <summary>The timestamp of its last use beyond what the map of slots says. Guarded by <see cref="ClusterNodes"/>.</summary>
    public long UsedAt { get; set; }

    /// <summary>Ends the connections.</summary>
    public ValueTask CloseAsync() => servers.DisposeAsync();
}
