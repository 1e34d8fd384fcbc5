using System.Net.Sockets;
using Arauto.Auth;
using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Transports;
using Arauto.Transports.ServerSentEvents;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Arauto.Http;

/// <summary>
/// <c>GET /events?channels=a,b</c>: Server-Sent Events. The steps are those of <see cref="WebSocketEndpoint"/>, and the
/// rights to all channels are checked before the stream begins, so that a refusal is an HTTP status.
/// </summary>
internal sealed class EventStreamEndpoint(NodeServices node, LaneSet lanes, ConnectionGate gate, FollowGate follows)
{
    /// <summary>Serves one stream.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var startedAt = node.Time.GetTimestamp();
        if (gate.Check(context) is { } error)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }
        if (await IdentifyAsync(context).ConfigureAwait(false) is not { } identity) return;
        var (channels, refusal) = await follows.ReadAsync(context, identity).ConfigureAwait(false);
        if (channels is null || (refusal = await gate.EnterAsync(identity).ConfigureAwait(false)) is not null)
        {
            await RefuseAsync(context, refusal!).ConfigureAwait(false);
            return;
        }
        gate.CountReturn(context.Request, TransportKind.ServerSentEvents);
        await ServeAsync(context, identity, channels, gate.OriginOf(context, startedAt)).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext context, Identity identity, IReadOnlyList<FollowedChannel> channels, ConnectionOrigin origin)
    {
        Prepare(context);
        var framing = EventStreamFraming.Get(singleChannel: channels.Count == 1, withEvents: context.Request.Query["events"].ToString() == "true");
        var transport = new EventStreamTransport(context.Response.BodyWriter, framing, node.Time);
        var connection = new Connection(gate.NewId(), node, lanes.Place(), transport, JsonCodec.Instance, origin);
        var request = new FollowRequest(channels, new ConnectionCursor([.. channels.Select(channel => channel.Channel)], framing));
        transport.Attach(connection);
        connection.Open(identity, request);
        var running = transport.RunAsync(context.Abort, context.RequestAborted);
        if (await request.Outcome.ConfigureAwait(false) is { } error) await RefuseAsync(context, error).ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    private async ValueTask<Identity?> IdentifyAsync(HttpContext context)
    {
        if (ApiGate.TokenOf(context.Request, queryToo: true) is not { } token)
        {
            await RefuseAsync(context, new ProtocolError(ErrorCode.Unauthorized, "Send a token: Authorization: Bearer … or ?token=…")).ConfigureAwait(false);
            return null;
        }
        var result = await node.Tokens.ValidateAsync(token, context.RequestAborted).ConfigureAwait(false);
        if (result.IsValid) return result.Identity;
        await RefuseAsync(context, result.Error).ConfigureAwait(false);
        return null;
    }

    private Task RefuseAsync(HttpContext context, ProtocolError error)
    {
        node.Metrics.ErrorSent(error.Code);
        return ErrorResponse.WriteAsync(context, error);
    }

    /// <summary>Headers that keep proxies from holding the stream back, and a connection that notices a client that is gone.</summary>
    private void Prepare(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream; charset=utf-8";
        headers.CacheControl = "no-cache, no-transform";
        headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket) BoundSilence(socket);
    }

    /// <summary>
    /// The client of a stream says nothing, so its death shows only in what it no longer acknowledges: heartbeats at the
    /// latest. Linux gives up on that after a quarter of an hour; TCP_USER_TIMEOUT (tcp(7), RFC 5482) is our time limit instead.
    /// </summary>
    private void BoundSilence(Socket socket)
    {
        const int UserTimeout = 18;
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            var milliseconds = node.Options.Heartbeat.TimeoutSeconds * 1000;
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, UserTimeout, BitConverter.GetBytes(milliseconds));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Not a TCP socket, such as one to a proxy on this machine, and there the proxy notices; or the client is gone already.
        }
    }
}
