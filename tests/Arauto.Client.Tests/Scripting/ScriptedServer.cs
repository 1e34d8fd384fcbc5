using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Client.Tests.Scripting;

/// <summary>A real Kestrel whose test plays the server by hand: accepts, answers, lies, goes silent, closes.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Peer> _peers = System.Threading.Channels.Channel.CreateUnbounded<Peer>();

    private readonly ConcurrentBag<Peer> _all = [];
    private readonly ConcurrentDictionary<string, Channel<Exchange>> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Exchange> _exchanges = [];

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>Answers handshakes with an HTTP error while set.</summary>
    public Func<HttpContext, bool> Refuse { get; set; } = static _ => false;

    /// <summary>Answers HTTP requests outside <c>/ws</c>.</summary>
    public RequestDelegate Http { get; set; } = static context =>
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    };

    /// <summary>Answers HTTP requests outside <c>/ws</c> by hand from now on: see <see cref="RequestAsync"/>.</summary>
    public void TakeRequests() => Http = async context =>
    {
        using var body = new StreamReader(context.Request.Body);
        var exchange = new Exchange(context, await body.ReadToEndAsync(context.RequestAborted));
        _exchanges.Add(exchange);
        await RequestsOf(exchange.Path).Writer.WriteAsync(exchange);
        await exchange.Ended;
    };

    /// <summary>The next request for a path.</summary>
    public async Task<Exchange> RequestAsync(string path) => await Eventually.Within(RequestsOf(path).Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    /// <summary>Whether a request for a path waits to be taken.</summary>
    public bool HasRequest(string path) => RequestsOf(path).Reader.Count > 0;

    private Channel<Exchange> RequestsOf(string path) => _requests.GetOrAdd(path, static _ => System.Threading.Channels.Channel.CreateUnbounded<Exchange>());

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.UseWebSockets();
        app.Run(server.HandleAsync);
        await app.StartAsync();
        server.Url = new Uri(app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>The next connection, accepted and greeted.</summary>
    public async Task<Peer> AcceptAsync(int interval = 30, int timeout = 90)
    {
        var peer = await NextAsync();
        await peer.SendAsync($$$"""{"type":"connected","connection":"c1","user":"alice","node":"n1","heartbeat":{"interval":{{{interval}}},"timeout":{{{timeout}}}}}""");
        return peer;
    }

    /// <summary>The next connection, accepted and left alone.</summary>
    public async Task<Peer> NextAsync() => await Eventually.Within(_peers.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    private async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Http(context);
            return;
        }
        if (Refuse(context)) return;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = context.WebSockets.WebSocketRequestedProtocols[0], KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var peer = new Peer(socket, context);
        _all.Add(peer);
        await _peers.Writer.WriteAsync(peer);
        await peer.Ended;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _all) peer.Cut();
        foreach (var exchange in _exchanges) exchange.Cut();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
