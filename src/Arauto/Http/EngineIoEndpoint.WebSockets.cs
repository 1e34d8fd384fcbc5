using Arauto.EngineIo;
using Arauto.Transports.EngineIo;
using Arauto.Transports.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Arauto.Http;

internal sealed partial class EngineIoEndpoint
{
    private async Task OpenOverWebSocketAsync(HttpContext context)
    {
        if (await CheckHandshakeAsync(context).ConfigureAwait(false) is { } refusal)
        {
            await refusal.WriteTextAsync(context).ConfigureAwait(false);
            return;
        }
        if (Negotiate(context, mount.Options.Compression) is not { } handshake)
        {
            await EngineIoErrorResponse.From(EngineIoError.BadRequest).WriteTextAsync(context).ConfigureAwait(false);
            return;
        }
        var session = Create(context);
        if (await AcceptAsync(context, handshake).ConfigureAwait(false) is not { } transport) return;
        var socket = new EngineIoSocket(session, transport, context.Request.Headers);
        session.OpenOver(socket);
        await transport.RunAsync(socket, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task UpgradeAsync(HttpContext context, EngineIoSession session)
    {
        if (Negotiate(context, mount.Options.Compression) is not { } handshake)
        {
            await EngineIoErrorResponse.From(EngineIoError.BadRequest).WriteTextAsync(context).ConfigureAwait(false);
            return;
        }
        if (await AcceptAsync(context, handshake).ConfigureAwait(false) is not { } transport) return;
        var socket = new EngineIoSocket(session, transport, context.Request.Headers);
        // Refused behind the handshake, as the reference server does it and its clients expect.
        if (!session.TryBeginUpgrade(socket)) socket.Close();
        await transport.RunAsync(socket, CancellationToken.None).ConfigureAwait(false);
    }

    private static WebSocketHandshake? Negotiate(HttpContext context, bool allowDeflate) =>
        WebSocketHandshake.TryNegotiate(context, [], allowDeflate, out var handshake, out _) ? handshake : null;

    /// <returns>The WebSocket, or <see langword="null"/> if the client went away between its handshake and our answer.</returns>
    private async ValueTask<WebSocketTransport?> AcceptAsync(HttpContext context, WebSocketHandshake handshake)
    {
        try
        {
            // Kestrel would abort a reader below 240 bytes a second; what may wait for a slow one is bounded here.
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
            var stream = await handshake.AcceptAsync().ConfigureAwait(false);
            return new WebSocketTransport(
                stream, WebSocketFraming.Get(binary: false, handshake.IsDeflated), mount.Options.MaxPayload, time, transportLogger, context.Abort)
            {
                SendsReasons = false,
            };
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
