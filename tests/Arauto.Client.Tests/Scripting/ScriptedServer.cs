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
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
