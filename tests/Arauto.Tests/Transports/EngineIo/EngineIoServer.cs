using System.Text;
using System.Text.Json.Nodes;
using Arauto.Auth;
using Arauto.Backplanes;
using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>A node on a real Kestrel on a free port with one Engine.IO address, and a client that says what it wants in bytes.</summary>
internal sealed class EngineIoServer : IAsyncDisposable
{
    public const string Path = "/engine.io/";

    /// <summary>The name of the node with the sessions where another one relays.</summary>
    public const string OwnerName = "owner1";

    /// <summary>The name of the node that relays.</summary>
    public const string EntranceName = "other1";

    private readonly WebApplication _app;
    private readonly FaultLog _log;
    private readonly EngineIoServer? _owner;
    private readonly BusNetwork? _network;

    private EngineIoServer(WebApplication app, FaultLog log, RecordingHandler handler, EngineIoServer? owner = null, BusNetwork? network = null)
    {
        _app = app;
        _log = log;
        _owner = owner;
        _network = network;
        Handler = handler;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>That of the node with the sessions.</summary>
    public RecordingHandler Handler { get; }

    /// <summary>Whether the test makes the handler fail; otherwise nothing may be logged as our fault.</summary>
    public bool ExpectsFaults
    {
        get;
        set
        {
            field = value;
            if (_owner is not null) _owner.ExpectsFaults = value;
        }
    }

    public HttpClient Http { get; }

    public int Port => Http.BaseAddress!.Port;

    /// <summary>Those of the node with the sessions.</summary>
    public int SessionCount => Owner.Get<EngineIoNode>().SessionCount;

    /// <summary>The node with the sessions: this one, unless it relays.</summary>
    public EngineIoServer Owner => _owner ?? this;

    /// <summary>What joins a node that relays to its owner.</summary>
    public BusNetwork Network => _network ?? throw new InvalidOperationException("The node is alone.");

    public static Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null, INodeBus? bus = null) =>
        StartAsync(configure, handler, time, node, bus, owner: null, network: null);

    /// <summary>A node to which everything comes but handshakes: they go to another one, which has the sessions and the handler.</summary>
    public static async Task<EngineIoServer> StartRelayedAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null)
    {
        var network = new BusNetwork();
        var owner = await StartAsync(configure, handler, time, node, network.Join(OwnerName));
        return await StartAsync(configure, owner.Handler, time, node, network.Join(EntranceName), owner, network);
    }

    private static async Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure, IEngineIoHandler? handler, TimeProvider? time, Action<ArautoOptions>? node, INodeBus? bus, EngineIoServer? owner, BusNetwork? network)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var log = new FaultLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        if (bus is not null) builder.Services.AddSingleton(bus);
        var options = new ArautoOptions { Development = true, Node = "test" };
        node?.Invoke(options);
        builder.Services.AddArauto(new AuthOptions { JwtSecret = TestNode.Secret }, options);
        var app = builder.Build();
        var engine = new EngineIoOptions();
        configure?.Invoke(engine);
        var recording = handler as RecordingHandler ?? new RecordingHandler();
        app.MapEngineIo(Path, engine, handler ?? recording);
        await app.StartAsync();
        return new EngineIoServer(app, log, recording, owner, network);
    }

    /// <summary>One request with this query.</summary>
    public async Task<EngineIoAnswer> SendAsync(HttpMethod method, string query, string? body = null, Action<HttpRequestMessage>? configure = null, CancellationToken? cancelled = null)
    {
        if (_owner is not null && !query.Contains("sid=", StringComparison.Ordinal)) return await _owner.SendAsync(method, query, body, configure, cancelled);
        using var request = new HttpRequestMessage(method, Path + query);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        configure?.Invoke(request);
        return await EngineIoAnswer.ReadAsync(await Http.SendAsync(request, cancelled ?? TestContext.Current.CancellationToken));
    }

    /// <summary>Opens a session over polling.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> OpenAsync()
    {
        var answer = await SendAsync(HttpMethod.Get, "?EIO=4&transport=polling");
        Assert.Equal(200, answer.Status);
        Assert.Equal('0', answer.Body[0]);
        return (string)JsonNode.Parse(answer.Body[1..])!["sid"]!;
    }

    public Task<EngineIoAnswer> GetAsync(string sid, CancellationToken? cancelled = null) =>
        SendAsync(HttpMethod.Get, $"?EIO=4&transport=polling&sid={sid}", cancelled: cancelled);

    public Task<EngineIoAnswer> PostAsync(string sid, string body) => SendAsync(HttpMethod.Post, $"?EIO=4&transport=polling&sid={sid}", body);

    /// <summary>A GET that the server has parked: it is the reason why a message that is sent now does not wait.</summary>
    public async Task<Task<EngineIoAnswer>> ParkAsync(string sid, CancellationToken? cancelled = null)
    {
        var poll = GetAsync(sid, cancelled);
        await Eventually.TrueAsync("the GET is parked", () => poll.IsCompleted || Handler.Session!.HasPoll);
        Assert.False(poll.IsCompleted, poll.IsCompletedSuccessfully ? (await poll).Body : "The GET failed.");
        return poll;
    }

    /// <summary>The GET has no answer, also none that is on its way.</summary>
    public void AssertParked(Task<EngineIoAnswer> poll)
    {
        Assert.True(Handler.Session!.HasPoll);
        Assert.False(poll.IsCompleted);
    }

    /// <summary>A WebSocket of a new session; its open packet is read.</summary>
    public async Task<RawWebSocket> OpenSocketAsync()
    {
        var known = Opened();
        var socket = await RawWebSocket.OpenAsync(Owner.Port, path: Path + "?EIO=4&transport=websocket");
        Assert.StartsWith("0{", await socket.ReadTextAsync());
        // The packet travels before the session is in the wheel, and a test that moves the clock must not come between.
        await Eventually.TrueAsync("the session is open", () => Opened() > known);
        return socket;

        int Opened() => Handler.Calls.Count(call => call == "opened");
    }

    /// <summary>A WebSocket for a session over polling; nothing is sent yet.</summary>
    public Task<RawWebSocket> OpenProbeAsync(string sid) => RawWebSocket.OpenAsync(Port, path: $"{Path}?EIO=4&transport=websocket&sid={sid}");

    /// <summary>A session that has gone over to WebSocket.</summary>
    public async Task<RawWebSocket> UpgradeAsync(string sid)
    {
        var socket = await OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendAsync(ClientFrame.Text("5"));
        await Eventually.TrueAsync("the session is upgraded", () => Handler.Session!.Transport == "websocket");
        return socket;
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Stops the node with the sessions.</summary>
    public Task StopAsync() => Owner._app.StopAsync();

    /// <summary>Closes all sessions, as a node does that is about to stop.</summary>
    public void StopSessions() => Owner.Get<EngineIoNode>().Stop();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        // A GET that is still parked would hold the server back.
        StopSessions();
        await Eventually.EndsAsync("the node", _app.DisposeAsync().AsTask());
        if (_owner is not null) await _owner.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        Assert.True(ExpectsFaults || _log.Faults.IsEmpty, string.Join(Environment.NewLine, _log.Faults));
    }
}
