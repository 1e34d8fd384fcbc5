using System.ComponentModel.DataAnnotations;

namespace Arauto.Gateways;

/// <summary>How the namespaces of several nodes, and of Node.js servers of Socket.IO beside them, are one. Needs Redis. Validated once at start; not changed afterwards.</summary>
public sealed class SocketClusterOptions
{
    /// <summary>Whether Node.js servers of Socket.IO on the same Redis are part of the cluster: <c>off</c>, <c>classic</c> (those with <c>createAdapter</c> of <c>@socket.io/redis-adapter</c>, and programs with <c>@socket.io/redis-emitter</c>) or <c>sharded</c> (those with its <c>createShardedAdapter</c>). Default: off.</summary>
    public SocketAdapter Adapter { get; set; }

    /// <summary>What the channels in Redis begin with, 1 to 128 characters: the other servers' <c>key</c>, or with the sharded adapter their <c>channelPrefix</c>. Default: socket.io.</summary>
    public string Key { get; set; } = "socket.io";

    /// <summary>Seconds that other servers may take to answer, 1 to 300. Default: 5.</summary>
    [Range(1, 300)]
    public int RequestsTimeoutSeconds { get; set; } = 5;

    /// <summary>With the sharded adapter, which rooms have channels of their own; as on the other servers. Default: dynamic.</summary>
    public SocketSubscriptionMode SubscriptionMode { get; set; } = SocketSubscriptionMode.Dynamic;
}
