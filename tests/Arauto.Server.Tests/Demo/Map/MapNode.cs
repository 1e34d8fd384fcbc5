using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Arauto.Auth;
using Arauto.Publishing;
using Arauto.Server.Demo;
using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;
using Arauto.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Demo.Map;

/// <summary>A node with the map's service, both with real databases in one folder.</summary>
internal sealed class MapNode : IAsyncDisposable
{
    private const string Secret = "a secret of thirty-two bytes or more, for tests";

    private readonly WebApplication _app;
    private readonly IStore _store;
    private readonly HttpClient _client;

    private MapNode(WebApplication app, IStore store)
    {
        _app = app;
        _store = store;
        _client = Client("alice");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="folder">Where the databases are.</param>
    /// <param name="between">Stands between the outbox and the node's publisher.</param>
    public static async Task<MapNode> StartAsync(string folder, Func<IPublisher, IPublisher>? between = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var store = new SqliteStore(new SqliteStoreOptions { Path = Path.Combine(folder, "arauto.db") }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(Cancelled);
        builder.Services.AddSingleton<IStore>(store);
        builder.Services.AddArauto(new AuthOptions { JwtSecret = Secret }, options => options.Development = true);
        if (between is not null) builder.Services.AddSingleton(provider => between(provider.GetRequiredService<Publisher>()));
        builder.Services.AddDemo(folder);
        var app = builder.Build();
        app.UseArauto();
        app.UseRouting();
        app.MapArauto();
        app.MapDemo();
        await app.StartAsync(Cancelled);
        return new MapNode(app, store);
    }

    public static string Token(string user, bool service = false) =>
        new TokenIssuer(new AuthOptions { JwtSecret = Secret }, TimeProvider.System).Issue(user, TimeSpan.FromHours(1), service: service);

    public HttpClient Client(string? user, bool service = false)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        if (user is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", Token(user, service));
        return client;
    }

    public async Task<JsonObject> StateAsync() => (await _client.GetFromJsonAsync<JsonObject>("/demo/map/state", Cancelled))!;

    /// <summary>An object of the state.</summary>
    public async Task<JsonObject> FindAsync(string kind, string id) =>
        (await StateAsync())[kind]!.AsArray().Single(item => (string?)item!["id"] == id)!.AsObject();

    /// <summary>Sends an edit as alice.</summary>
    public Task<(HttpStatusCode Status, JsonObject Body)> PutAsync(string path, object body) => PutAsync(_client, path, body);

    public static async Task<(HttpStatusCode Status, JsonObject Body)> PutAsync(HttpClient client, string path, object body)
    {
        using var content = body is string text ? new StringContent(text, Encoding.UTF8, "application/json") : JsonContent.Create(body) as HttpContent;
        using var response = await client.PutAsync(path, content, Cancelled);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!);
    }

    public async Task<HttpStatusCode> DeleteAsync(string path)
    {
        using var response = await _client.DeleteAsync(path, Cancelled);
        return response.StatusCode;
    }

    /// <summary>Somebody who listens to the map's channel.</summary>
    public async Task<WireClient> ListenAsync()
    {
        var client = await WireClient.ConnectAsync(new UriBuilder(_app.Urls.First()) { Scheme = "ws", Path = "/ws" }.Uri, Token("listener"));
        Assert.Equal("reply", (string?)(await client.AskAsync(new { type = "subscribe", channel = "updates" }))["type"]);
        return client;
    }

    /// <summary>What the channel's log holds.</summary>
    public async Task<List<JsonObject>> PublishedAsync()
    {
        var page = (await _client.GetFromJsonAsync<JsonObject>("/v1/channels/updates/messages?after=0&limit=200", Cancelled))!;
        return [.. page["messages"]!.AsArray().Select(message => message!.AsObject())];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }
}
