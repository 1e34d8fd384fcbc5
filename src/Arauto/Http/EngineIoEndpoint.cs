using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Relays;
using Arauto.Transports.EngineIo;
using Arauto.Transports.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Arauto.Http;

/// <summary>
/// One Engine.IO address. A request is checked in the protocol's order: 1 transport, 2 session, 3 method; and a handshake
/// besides: 4 the node's limits, 5 the page's origin, 6 the application, 7 the protocol's version. Then it opens a session,
/// polls (GET), brings packets (POST) or becomes a WebSocket. If another node has the session, that one is asked.
/// </summary>
internal sealed partial class EngineIoEndpoint(
    EngineIoMount mount,
    EngineIoCors cors,
    EngineIoNode node,
    EngineIoRelay relay,
    ConnectionGate gate,
    ClientAddress addresses,
    ArautoOptions arauto,
    TimeProvider time,
    ILogger<WebSocketTransport> transportLogger)
{
    /// <summary>The version that is spoken; the query says it.</summary>
    private const string Version = "4";

    /// <summary>Serves one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        // Routing takes the path without its last slash for the same.
        if (context.Request.Path.Value is not [.., '/'])
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        cors.Apply(context);
        if (cors.IsPreflight(context.Request))
        {
            EngineIoCors.AnswerPreflight(context);
            return Task.CompletedTask;
        }
        var isUpgrade = WebSocketHandshake.IsRequested(context);
        if (Check(context.Request, isUpgrade, out var session) is { } error)
        {
            var isElsewhere = error == EngineIoError.UnknownSession;
            return isElsewhere && relay.FindOwner(SessionOf(context.Request)) is { } owner
                ? AskOwnerAsync(context, owner, isUpgrade)
                : RefuseAsync(context, isUpgrade, EngineIoErrorResponse.From(error));
        }
        return (session, isUpgrade) switch
        {
            (null, false) => OpenAsync(context),
            (null, true) => OpenOverWebSocketAsync(context),
            (_, true) => UpgradeAsync(context, session),
            (_, false) when HttpMethods.IsGet(context.Request.Method) => PollAsync(context, session),
            (_, false) when HttpMethods.IsPost(context.Request.Method) => PostAsync(context, session),
            _ => RefuseAsync(context, isUpgrade: false, EngineIoErrorResponse.From(EngineIoError.BadRequest)),
        };
    }

    /// <summary>What every request must fulfil, in this order.</summary>
    private EngineIoError? Check(HttpRequest request, bool isUpgrade, out EngineIoSession? session)
    {
        session = null;
        var transport = TransportOf(request);
        if (!mount.Allows(transport)) return EngineIoError.UnknownTransport;
        var isWebSocket = transport == EngineIoMount.WebSocket;
        if (SessionOf(request) is { Length: > 0 } id)
        {
            if (!mount.TryFind(id, out session)) return EngineIoError.UnknownSession;
            var fits = isUpgrade ? isWebSocket && mount.Options.AllowUpgrades : transport == session.Transport;
            return fits ? null : EngineIoError.BadRequest;
        }
        // Over HTTP/2 and later a WebSocket begins with an extended CONNECT (RFC 8441).
        if (!HttpMethods.IsGet(request.Method) && !(isUpgrade && HttpMethods.IsConnect(request.Method))) return EngineIoError.BadHandshakeMethod;
        return isWebSocket == isUpgrade ? null : EngineIoError.BadRequest;
    }

    /// <summary>What a handshake must fulfil besides.</summary>
    private async ValueTask<EngineIoErrorResponse?> CheckHandshakeAsync(HttpContext context)
    {
        if (CheckLimits(context) is { } full) return EngineIoErrorResponse.From(full);
        if (!cors.IsAllowed(context)) return EngineIoErrorResponse.From(EngineIoError.Forbidden);
        if (mount.Options.AllowRequest is { } allow && await allow(context).ConfigureAwait(false) is { } refusal) return EngineIoErrorResponse.Forbidden(refusal.Message);
        return context.Request.Query["EIO"].ToString() == Version ? null : EngineIoErrorResponse.From(EngineIoError.UnsupportedProtocolVersion);
    }

    private ProtocolError? CheckLimits(HttpContext context)
    {
        if (node.IsStopping) return ConnectionGate.Stopping();
        if (!mount.Options.CheckLimits) return null;
        var limit = arauto.Limits.Connections;
        return limit > 0 && node.SessionCount >= limit ? ConnectionGate.Full() : gate.CheckLimits(context);
    }

    private EngineIoSession Create(HttpContext context)
    {
        var secure = addresses.SchemeOf(context) == "https";
        var session = mount.Create(new EngineIoHandshake(context.Request, addresses.Of(context).ToString(), secure, time.GetUtcNow()));
        if (mount.Options.CookieName is { } name)
            context.Response.Cookies.Append(name, session.Id, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = secure, Path = "/" });
        mount.Options.OnInitialHeaders?.Invoke(context, session);
        return session;
    }

    private static string TransportOf(HttpRequest request) => request.Query["transport"].ToString();

    private static string SessionOf(HttpRequest request) => request.Query["sid"].ToString();

    private static Task RefuseAsync(HttpContext context, bool isUpgrade, EngineIoErrorResponse refusal) =>
        isUpgrade ? refusal.WriteTextAsync(context) : refusal.WriteAsync(context);
}
