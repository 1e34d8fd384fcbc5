using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Server.Tests.CommandLine;

/// <summary>A reverse proxy as networks have them: it can be told to know no WebSocket, and to hold back streams.</summary>
internal sealed class BlockingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Uri _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private CancellationTokenSource _cut = new();

    private BlockingProxy(WebApplication app, Uri server) => (_app, _server) = (app, server);

    public Uri Url { get; private set; } = null!;

    public bool BlocksWebSockets { get; set; }

    public bool BlocksStreams { get; set; }

    public static async Task<BlockingProxy> StartAsync(Uri server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = new BlockingProxy(builder.Build(), server);
        proxy._app.UseWebSockets();
        proxy._app.Run(proxy.HandleAsync);
        await proxy._app.StartAsync();
        proxy.Url = new Uri(proxy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return proxy;
    }

    /// <summary>Drops whatever passes through at this moment.</summary>
    public void Cut() => Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();

    private async Task HandleAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token, context.RequestAborted);
        try
        {
            if (context.WebSockets.IsWebSocketRequest) await BridgeAsync(context, ended.Token);
            else await ForwardAsync(context, ended.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException or WebSocketException)
        {
            context.Abort();
        }
    }

    private async Task ForwardAsync(HttpContext context, CancellationToken ended)
    {
        var incoming = context.Request;
        using var request = new HttpRequestMessage(new HttpMethod(incoming.Method), new Uri(_server, incoming.Path + incoming.QueryString));
        if (incoming.ContentLength > 0)
        {
            request.Content = new StreamContent(incoming.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", incoming.ContentType);
        }
        request.Headers.TryAddWithoutValidation("Authorization", incoming.Headers.Authorization.ToString());
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await context.Response.StartAsync(ended);
        await context.Response.Body.FlushAsync(ended);
        if (BlocksStreams && incoming.Path == "/events") await Task.Delay(Timeout.InfiniteTimeSpan, ended);
        await using var body = await response.Content.ReadAsStreamAsync(ended);
        var buffer = new byte[8192];
        while (await body.ReadAsync(buffer, ended) is > 0 and var read)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), ended);
            await context.Response.Body.FlushAsync(ended);
        }
    }

    private async Task BridgeAsync(HttpContext context, CancellationToken ended)
    {
        if (BlocksWebSockets)
        {
            context.Response.StatusCode = 403;
            return;
        }
        using var outgoing = new ClientWebSocket();
        outgoing.Options.AddSubProtocol(context.WebSockets.WebSocketRequestedProtocols[0]);
        outgoing.Options.SetRequestHeader("Authorization", context.Request.Headers.Authorization.ToString());
        await outgoing.ConnectAsync(new UriBuilder(_server) { Scheme = "ws", Path = context.Request.Path, Query = context.Request.QueryString.Value }.Uri, ended);
        using var incoming = await context.WebSockets.AcceptWebSocketAsync(outgoing.SubProtocol);
        await Task.WhenAny(PumpAsync(incoming, outgoing, ended), PumpAsync(outgoing, incoming, ended));
        ended.ThrowIfCancellationRequested();
    }

    private static async Task PumpAsync(WebSocket from, WebSocket to, CancellationToken ended)
    {
        var buffer = new byte[8192];
        while (true)
        {
            var result = await from.ReceiveAsync(buffer.AsMemory(), ended);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await to.CloseOutputAsync(from.CloseStatus ?? WebSocketCloseStatus.NormalClosure, from.CloseStatusDescription, ended);
                return;
            }
            await to.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, ended);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _http.Dispose();
    }
}
