using Arauto.Auth;
using Arauto.Connections;
using Arauto.Limits;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Transports.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Arauto.Http;

/// <summary>
/// <c>GET /ws</c>: the native protocol over WebSocket. In order: 1 is it a handshake, 2 does the node take connections,
/// 3 the address's rate, 4 the page's origin, 5 the token if one is given, 6 the user's connections; then the connection
/// is opened on its lane and the request runs the transport until the end.
/// </summary>
internal sealed partial class WebSocketEndpoint(
    NodeServices node,
    LaneSet lanes,
    OriginPolicy origins,
    ClientAddress addresses,
    ILogger<WebSocketTransport> logger)
{
    private static readonly INativeCodec[] Codecs = [JsonCodec.Instance, ProtobufCodec.Instance];
    private static readonly string[] Subprotocols = [.. Codecs.Select(codec => codec.Subprotocol)];
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(5);

    private readonly KeyedTokenBuckets<AddressKey> _connects = new(
        new TokenRate(ConnectionsPerSecond(node), node.Options.Limits.ConnectionBurst, node.Time), node.Time);

    /// <summary>Serves one handshake and the connection that comes of it.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var startedAt = node.Time.GetTimestamp();
        if (!WebSocketHandshake.TryNegotiate(context, Subprotocols, allowDeflate: true, out var handshake, out var error))
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }
        var address = addresses.Of(context);
        if ((error = CheckNode() ?? CheckAddress(address) ?? CheckOrigin(context)) is not null)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }
        Identity? identity = null;
        if (ApiGate.TokenOf(context.Request, queryToo: true) is { } token)
        {
            var result = await node.Tokens.ValidateAsync(token, context.RequestAborted).ConfigureAwait(false);
            if ((error = result.IsValid ? CheckUser(result.Identity) : result.Error) is not null)
            {
                await RefuseAsync(context, error).ConfigureAwait(false);
                return;
            }
            identity = result.Identity;
        }
        var origin = new ConnectionOrigin(address.ToString(), Correlation.Of(context.Request), startedAt);
        await ServeAsync(context, handshake, identity, origin).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext context, WebSocketHandshake handshake, Identity? identity, ConnectionOrigin origin)
    {
        Stream stream;
        try
        {
            // Kestrel would abort a reader below 240 bytes a second; what happens to slow readers is the channel's policy.
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
            stream = await handshake.AcceptAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (identity is not null) node.ConnectionCounts.Leave(identity.User);
            // The peer went away between its handshake and our answer; anything else is for the host to log.
            if (e is IOException or OperationCanceledException) return;
            throw;
        }
        var codec = Codecs[Array.IndexOf(Subprotocols, handshake.Protocol)];
        var transport = new WebSocketTransport(
            stream,
            WebSocketFraming.Get(codec.IsBinary, handshake.IsDeflated),
            node.Options.Limits.MessageBytes,
            node.Time,
            logger,
            context.Abort);
        var id = Guid.CreateVersion7(node.Time.GetUtcNow()).ToString("N");
        var connection = new Connection(id, node, lanes.Place(), transport, codec, origin);
        connection.Open(identity);
        await transport.RunAsync(connection, CancellationToken.None).ConfigureAwait(false);
    }

    private ProtocolError? CheckNode()
    {
        if (node.Lifetime.IsDraining) return new ProtocolError(ErrorCode.Unavailable, "The server is about to stop; connect again.", RetryWhenFull);
        var limit = node.Options.Limits.Connections;
        return limit > 0 && node.Hub.ConnectionCount >= limit
            ? new ProtocolError(ErrorCode.Unavailable, "The server holds as many connections as it may (limits.connections).", RetryWhenFull)
            : null;
    }

    private ProtocolError? CheckAddress(System.Net.IPAddress address) => _connects.TryTake(AddressKey.From(address), out var wait)
        ? null
        : new ProtocolError(ErrorCode.RateLimited, "Too many new connections from this address (limits.connectionsPerSecond).", wait);

    private ProtocolError? CheckOrigin(HttpContext context)
    {
        var request = context.Request;
        return origins.IsAllowed(request.Headers.Origin, addresses.SchemeOf(context), request.Host.Value)
            ? null
            : new ProtocolError(ErrorCode.OriginNotAllowed, "Pages of this origin may not connect; add it to \"origins\" in the configuration.");
    }

    private ProtocolError? CheckUser(Identity identity) => node.ConnectionCounts.TryEnter(identity.User) ? null : Connection.TooManyConnections(node);

    private Task RefuseAsync(HttpContext context, ProtocolError error)
    {
        node.Metrics.HandshakeRefused(error.Code);
        Log.Refused(logger, error.Code.Word(), error.Message);
        return ErrorResponse.WriteAsync(context, error);
    }

    /// <summary>In development the tools of one machine reconnect at will, unless the limit is set on purpose.</summary>
    private static int ConnectionsPerSecond(NodeServices node) =>
        node.Options.Limits.ConnectionsPerSecond ?? (node.Options.Development ? 0 : LimitOptions.DefaultConnectionsPerSecond);
}
