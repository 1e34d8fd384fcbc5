using Arauto.Auth;
using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocols.Notifications;
using Arauto.Transports;
using Arauto.Transports.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Arauto.Http;

/// <summary>
/// WebSocket: <c>GET /ws</c> speaks the native protocol, <c>GET /notifications</c> is the plain push of the user's
/// notifications. In order: 1 is it a handshake, 2 does the node take connections, 3 the address's rate, 4 the page's
/// origin, 5 the token if one is given, 6 the user's connections; then the connection is opened on its lane and the request
/// runs the transport until the end.
/// </summary>
internal sealed partial class WebSocketEndpoint(
    NodeServices node,
    LaneSet lanes,
    ConnectionGate gate,
    FollowGate follows,
    ILogger<WebSocketTransport> logger)
{
    private const string NotificationsPrefix = "notifications:";

    private static readonly INativeCodec[] Codecs = [JsonCodec.Instance, ProtobufCodec.Instance];
    private static readonly string[] Subprotocols = [.. Codecs.Select(codec => codec.Subprotocol)];
    private static readonly string[] PlainPush = [NotificationsCodec.Instance.Name];

    /// <summary><c>GET /ws</c>: one handshake and the connection that comes of it.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var startedAt = node.Time.GetTimestamp();
        if (!WebSocketHandshake.TryNegotiate(context, Subprotocols, allowDeflate: true, out var handshake, out var error)
            || (error = gate.Check(context)) is not null)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }
        Identity? identity = null;
        if (ApiGate.TokenOf(context.Request, queryToo: true) is { } token)
        {
            identity = await IdentifyAsync(context, token).ConfigureAwait(false);
            if (identity is null) return;
        }
        var codec = Codecs[Array.IndexOf(Subprotocols, handshake.Protocol)];
        await ServeAsync(context, handshake, codec, identity, startedAt, connection => connection.Open(identity)).ConfigureAwait(false);
    }

    /// <summary><c>GET /notifications</c>: the token is part of the handshake, since the protocol has no frame for it.</summary>
    public async Task NotificationsAsync(HttpContext context)
    {
        var startedAt = node.Time.GetTimestamp();
        if (!WebSocketHandshake.TryNegotiate(context, PlainPush, allowDeflate: true, out var handshake, out var error)
            || (error = gate.Check(context)) is not null)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }
        if (ApiGate.TokenOf(context.Request, queryToo: true) is not { } token)
        {
            await RefuseAsync(context, new ProtocolError(ErrorCode.Unauthorized, "Send a token: ?token=… or Authorization: Bearer …")).ConfigureAwait(false);
            return;
        }
        if (await IdentifyAsync(context, token).ConfigureAwait(false) is not { } identity) return;
        var (channels, refusal) = await follows.AuthoriseAsync(context, identity, [NotificationsPrefix + identity.User]).ConfigureAwait(false);
        if (channels is null)
        {
            node.ConnectionCounts.Leave(identity.User);
            await RefuseAsync(context, refusal!).ConfigureAwait(false);
            return;
        }
        await ServeAsync(context, handshake, NotificationsCodec.Instance, identity, startedAt, connection => connection.Open(identity, new FollowRequest(channels, Cursor: null)))
            .ConfigureAwait(false);
    }

    /// <summary>Checks the token and counts the user's connection, or answers with the error.</summary>
    private async ValueTask<Identity?> IdentifyAsync(HttpContext context, string token)
    {
        var result = await node.Tokens.ValidateAsync(token, context.RequestAborted).ConfigureAwait(false);
        var error = result.IsValid ? await gate.EnterAsync(result.Identity).ConfigureAwait(false) : result.Error;
        if (error is null) return result.Identity;
        await RefuseAsync(context, error).ConfigureAwait(false);
        return null;
    }

    private async Task ServeAsync(HttpContext context, WebSocketHandshake handshake, IServerCodec codec, Identity? identity, long startedAt, Action<Connection> open)
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
        gate.CountReturn(context.Request, TransportKind.WebSocket);
        var transport = new WebSocketTransport(
            stream,
            WebSocketFraming.Get(codec.IsBinary, handshake.IsDeflated),
            node.Options.Limits.MessageBytes,
            node.Time,
            logger,
            context.Abort);
        var connection = new Connection(gate.NewId(), node, lanes.Place(), transport, codec, gate.OriginOf(context, startedAt));
        open(connection);
        await transport.RunAsync(connection, CancellationToken.None).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, ProtocolError error)
    {
        node.Metrics.HandshakeRefused(error.Code);
        Log.Refused(logger, error.Code.Word(), error.Message);
        return ErrorResponse.WriteAsync(context, error);
    }
}
