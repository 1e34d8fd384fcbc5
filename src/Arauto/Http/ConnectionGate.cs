using Arauto.Auth;
using Arauto.Connections;
using Arauto.Limits;
using Arauto.Protocol;
using Arauto.Transports;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>What a request passes before it becomes a connection, whatever its transport.</summary>
internal sealed class ConnectionGate(NodeServices node, OriginPolicy origins, ClientAddress addresses)
{
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(5);

    private readonly KeyedTokenBuckets<AddressKey> _connects = new(
        new TokenRate(ConnectionsPerSecond(node), node.Options.Limits.ConnectionBurst, node.Time), node.Time);

    /// <summary>In order: 1 does the node take connections, 2 the address's rate, 3 the page's origin.</summary>
    public ProtocolError? Check(HttpContext context) => CheckLimits(context) ?? CheckOrigin(context);

    /// <summary>As <see cref="Check"/> where the page's origin is checked by a list of its own.</summary>
    public ProtocolError? CheckLimits(HttpContext context) => CheckNode() ?? CheckAddress(context);

    /// <summary>As <see cref="Check"/> for a poll: a client sends many, so that the rate of requests applies to it and not that of connections.</summary>
    public ProtocolError? CheckPoll(HttpContext context) => CheckNode() ?? CheckOrigin(context);

    /// <summary>Counts the user's connection, which the connection gives back at its end.</summary>
    public async ValueTask<ProtocolError?> EnterAsync(Identity identity) =>
        await node.ConnectionCounts.TryEnterAsync(identity.User).ConfigureAwait(false) ? null : Connection.TooManyConnections(node);

    /// <summary>A connection for the request.</summary>
    public ConnectionOrigin OriginOf(HttpContext context, long startedAt) =>
        new(addresses.Of(context).ToString(), Correlation.Of(context.Request), startedAt);

    /// <summary>A new connection's id.</summary>
    public string NewId() => Guid.CreateVersion7(node.Time.GetUtcNow()).ToString("N");

    /// <summary>Counts what the client says of itself: <c>previous</c>, the transport it used or tried before, and <c>reconnect=true</c>.</summary>
    public void CountReturn(HttpRequest request, TransportKind transport)
    {
        if (TransportWords.TryParse(request.Query["previous"].ToString(), out var previous)) node.Metrics.TransportChanged(previous, transport);
        if (request.Query["reconnect"].ToString() == "true") node.Metrics.Reconnected(transport);
    }

    /// <summary>The answer of a node that is about to go.</summary>
    public static ProtocolError Stopping() => new(ErrorCode.Unavailable, "The server is about to stop; connect again.", RetryWhenFull);

    /// <summary>The answer of a node that holds what it may.</summary>
    public static ProtocolError Full() => new(ErrorCode.Unavailable, "The server holds as many connections as it may (limits.connections).", RetryWhenFull);

    private ProtocolError? CheckNode()
    {
        if (node.Lifetime.IsDraining) return Stopping();
        var limit = node.Options.Limits.Connections;
        return limit > 0 && node.Hub.ConnectionCount >= limit
            ? Full()
            : null;
    }

    private ProtocolError? CheckAddress(HttpContext context) => _connects.TryTake(AddressKey.From(addresses.Of(context)), out var wait)
        ? null
        : new ProtocolError(ErrorCode.RateLimited, "Too many new connections from this address (limits.connectionsPerSecond).", wait);

    private ProtocolError? CheckOrigin(HttpContext context)
    {
        var request = context.Request;
        return origins.IsAllowed(request.Headers.Origin, addresses.SchemeOf(context), request.Host.Value)
            ? null
            : new ProtocolError(ErrorCode.OriginNotAllowed, "Pages of this origin may not connect; add it to \"origins\" in the configuration.");
    }

    /// <summary>In development the tools of one machine reconnect at will, unless the limit is set on purpose.</summary>
    private static int ConnectionsPerSecond(NodeServices node) =>
        node.Options.Limits.ConnectionsPerSecond ?? (node.Options.Development ? 0 : LimitOptions.DefaultConnectionsPerSecond);
}
