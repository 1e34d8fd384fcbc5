using Arauto.Auth;
using Arauto.Gateways;
using Arauto.Options;
using Arauto.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Support;

/// <summary>A node on a real Kestrel on a free port.</summary>
internal sealed class TestNode : INode, IAsyncDisposable
{
    public const string Secret = "a secret of thirty-two bytes or more, for tests";

    private readonly WebApplication _app;

    private TestNode(WebApplication app, TimeProvider time, ArautoOptions options)
    {
        _app = app;
        Options = options;
        Tokens = new TokenIssuer(new AuthOptions { JwtSecret = Secret }, time);
    }

    public ArautoOptions Options { get; }

    public TokenIssuer Tokens { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Http => new(_app.Urls.First());

    public Uri WebSocket => new UriBuilder(Http) { Scheme = "ws", Path = "/ws" }.Uri;

    bool INode.IsKilled => false;

    public static async Task<TestNode> StartAsync(Action<ArautoOptions>? configure = null, IStore? store = null, TimeProvider? time = null, int port = 0, Action<WebApplication>? map = null, Action<SocketIoOptions>? socketIo = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        if (store is not null) builder.Services.AddSingleton(store);
        var options = new ArautoOptions { Development = true, Node = "test" };
        options.Limits.ConnectionsPerUser = 0;
        configure?.Invoke(options);
        builder.Services.AddArauto(new AuthOptions { JwtSecret = Secret }, options);
        var app = builder.Build();
        app.MapArauto(socketIo);
        map?.Invoke(app);
        await app.StartAsync();
        return new TestNode(app, time ?? TimeProvider.System, options);
    }

    /// <summary>A node whose clock stands, so that it does not compare its feeds with the log: a test that holds reads holds its own only.</summary>
    public static Task<TestNode> StartStandingAsync(IStore store) => StartAsync(null, store, new ManualTimeProvider(TimeProvider.System.GetUtcNow()));

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public string Token(string user, bool service = false, TimeSpan? lifetime = null, IReadOnlyDictionary<string, System.Text.Json.JsonElement>? claims = null) =>
        Tokens.Issue(user, lifetime ?? TimeSpan.FromHours(1), claims, service);

    public Task<WireClient> ConnectAsync(string user, bool service = false, string? subprotocol = null, bool deflate = false) =>
        WireClient.ConnectAsync(WebSocket, Token(user, service), subprotocol, deflate);

    public HttpClient Client(string? user = null, bool service = false)
    {
        var client = new HttpClient { BaseAddress = Http };
        if (user is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", Token(user, service));
        return client;
    }

    string INode.Token(string user) => Token(user);

    HttpClient INode.Client(string user) => Client(user);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await Eventually.EndsAsync("the node", _app.DisposeAsync().AsTask());
}
