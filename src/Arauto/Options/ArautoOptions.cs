using System.ComponentModel.DataAnnotations;
using Arauto.Channels;
using Arauto.Gateways;
using Arauto.Limits;

namespace Arauto.Options;

/// <summary>Everything an operator or embedder can set on a node, apart from addresses and secrets. Validated once at start; not changed afterwards.</summary>
public sealed class ArautoOptions
{
    /// <summary>The node's name in <c>connected</c> frames, logs and metrics: 1 to 64 letters, digits, dots, hyphens or underscores. Default: the machine's name.</summary>
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>Development mode: loopback only, <c>/dev/token</c>, demo pages, <c>public:</c> channels, no limit on the rate of connections. Default: false.</summary>
    public bool Development { get; set; }

    /// <summary>Origins that browsers may connect from, as <c>https://app.example</c>; <c>*</c> allows any. The server's own origin is always allowed, and localhost in development mode. Default: none.</summary>
    public IList<string> Origins { get; } = [];

    /// <summary>Proxies whose <c>X-Forwarded-For</c> is believed, as addresses or networks (<c>10.0.0.0/8</c>). Default: none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Heartbeats.</summary>
    public HeartbeatOptions Heartbeat { get; } = new();

    /// <summary>Every bound of the node.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>Rules per channel prefix (<c>room:</c>) or name (<c>broadcast</c>). Starts with the defaults; keys given here replace or add.</summary>
    public IDictionary<string, ChannelOptions> Channels { get; } = ChannelOptions.CreateDefaults();

    /// <summary>Presence.</summary>
    public PresenceOptions Presence { get; } = new();

    /// <summary>What happens on SIGTERM.</summary>
    public DrainOptions Drain { get; } = new();

    /// <summary>
    /// The Redis that joins this node with others: <c>redis://[user:password@]host[:port][/prefix]</c>, <c>rediss://…</c> with TLS,
    /// <c>redis+sentinel://host[:port],…/master[/prefix]</c>, <c>redis+cluster://host[:port],…[/prefix]</c>. Default: none, the node is alone.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>Nodes that share a Redis.</summary>
    public ClusterOptions Cluster { get; } = new();

    /// <summary>How namespaces of Socket.IO are one over several servers.</summary>
    public SocketClusterOptions SocketCluster { get; } = new();

    /// <summary>How many lanes (event loops) run, 0 to 64; 0 means one per processor. Default: 0.</summary>
    [Range(0, 64)]
    public int Lanes { get; set; }
}
