using System.ComponentModel.DataAnnotations;

namespace Arauto.Limits;

/// <summary>Every bound of a node. 0 switches a limit off where the description says so.</summary>
public sealed class LimitOptions
{
    /// <summary>Bytes of one message from a client, after decompression, 1024 to 16777216. Default: 65536. Over it: <c>too_large</c>; over the wire the connection closes with 1009.</summary>
    [Range(1024, 16777216)]
    public int MessageBytes { get; set; } = 64 * 1024;

    /// <summary>Messages a user may publish per minute on a channel prefix that names no rate of its own, 0 = off. Default: 0.</summary>
    [Range(0, int.MaxValue)]
    public int MessagesPerMinute { get; set; }

    /// <summary>Messages a user may publish at once before the rate applies, at least 1. Default: 20.</summary>
    [Range(1, int.MaxValue)]
    public int MessageBurst { get; set; } = 20;

    /// <summary>Commands other than publish (subscribe, history, typing, …) a connection may send per second, 0 = off. Default: 100.</summary>
    [Range(0, int.MaxValue)]
    public int CommandsPerSecond { get; set; } = 100;

    /// <summary>Commands a connection may send at once before the rate applies, at least 1. Default: 500.</summary>
    [Range(1, int.MaxValue)]
    public int CommandBurst { get; set; } = 500;

    /// <summary>The rate of <see cref="ConnectionsPerSecond"/> outside development mode when none is set.</summary>
    public const int DefaultConnectionsPerSecond = 5;

    /// <summary>New connections per second and address, 0 = off. Default: 5; not applied in development mode unless configured.</summary>
    [Range(0, int.MaxValue)]
    public int? ConnectionsPerSecond { get; set; }

    /// <summary>New connections of an address at once before the rate applies, at least 1. Default: 20.</summary>
    [Range(1, int.MaxValue)]
    public int ConnectionBurst { get; set; } = 20;

    /// <summary>Connections of one user, 0 = off. Default: 16. Over it: <c>too_many_connections</c>.</summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerUser { get; set; } = 16;

    /// <summary>Connections of this node, 0 = off. Default: 0. Over it: <c>unavailable</c>.</summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; }

    /// <summary>Subscriptions of one connection, 1 to 10000. Default: 128.</summary>
    [Range(1, 10000)]
    public int SubscriptionsPerConnection { get; set; } = 128;

    /// <summary>Bytes that may wait for one connection's socket, 16384 to 1073741824 and at least <c>messageBytes</c>. Default: 1048576. Over it: the channel's slow-consumer policy.</summary>
    [Range(16384, 1073741824)]
    public int OutboundQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of one HTTP body, 1024 to 104857600. Default: 1048576.</summary>
    [Range(1024, 104857600)]
    public int HttpBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>HTTP API requests per second and user, 0 = off, with a burst of four seconds. Default: 200; service tokens have none.</summary>
    [Range(0, int.MaxValue)]
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Seconds for a request's headers to arrive, 1 to 300. Default: 5.</summary>
    [Range(1, 300)]
    public int HandshakeSeconds { get; set; } = 5;

    /// <summary>Seconds a connection may stay without a token, 1 to 300. Default: 10.</summary>
    [Range(1, 300)]
    public int AuthenticationSeconds { get; set; } = 10;

    /// <summary>Invalid frames in a row after which a connection is closed, 1 to 1000. Default: 10.</summary>
    [Range(1, 1000)]
    public int InvalidFrames { get; set; } = 10;

    /// <summary>The most messages of one history page, 1 to 1000. Default: 200.</summary>
    [Range(1, 1000)]
    public int HistoryPage { get; set; } = 200;

    /// <summary>Members of one room, 1 to 100000. Default: 10000.</summary>
    [Range(1, 100000)]
    public int RoomMembers { get; set; } = 10_000;

    /// <summary>Bytes of a room's metadata, 0 to 65536. Default: 16384.</summary>
    [Range(0, 65536)]
    public int RoomMetadataBytes { get; set; } = 16 * 1024;

    /// <summary>Hours for which an idempotency key is remembered, 1 to 720. Default: 24.</summary>
    [Range(1, 720)]
    public int IdempotencyHours { get; set; } = 24;

    /// <summary>Publishes that may wait for the log at once, over the whole node, 100 to 1000000. Default: 20000. Over it: <c>unavailable</c>.</summary>
    [Range(100, 1000000)]
    public int PendingPublishes { get; set; } = 20_000;
}
