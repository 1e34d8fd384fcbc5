using System.Text.Json.Nodes;
using Arauto.Auth;
using Arauto.Tests.SocketIo;
using Arauto.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Snippets.Documents;

namespace Arauto.Tests.Gateways;

/// <summary>Gateways of the docs, talked to over the wire.</summary>
public sealed class GatewayConversationTests : IAsyncLifetime
{
    private readonly WebApplication _app;
    private readonly Logbook _logbook = new();
    private TestGate _gate = null!;

    public GatewayConversationTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IDocuments, Shelf>().AddSingleton<ILogbook>(_logbook);
        builder.Services.AddArauto(new AuthOptions { JwtSecret = TestNode.Secret }, options => options.Development = true);
        _app = builder.Build();
        _app.MapArauto(options => options.Recovery = false);
        _app.MapGateway<DocumentGateway>("/documents");
        _app.MapGateway<LoggedGateway>("/logged");
        Snippets.Chat.Program.Map(_app);
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _gate = new TestGate(new Uri(_app.Urls.First()));
    }

    public async ValueTask DisposeAsync() => await Eventually.EndsAsync("the node", _app.DisposeAsync().AsTask());

    [Fact]
    public async Task Who_joins_a_document_gets_it_and_the_others_hear_of_it()
    {
        await using var alice = await EnterAsync("alice");
        await using var bob = await EnterAsync("bob");
        Assert.Equal("""[{"title":"Plan","version":7}]""", (await alice.AskAsync(1, "join_document", "d1")).ToJsonString());
        await bob.AskAsync(1, "join_document", "d1");
        Assert.Equal("""["user_joined",{"user":"bob"}]""", (await alice.EventAsync()).ToJsonString());
        await bob.AskAsync(2, "leave_document", "d1");
        Assert.Equal("""["user_left",{"user":"bob"}]""", (await alice.EventAsync()).ToJsonString());
    }

    [Fact]
    public async Task Who_goes_is_still_in_its_rooms_while_it_goes()
    {
        await using var alice = await EnterAsync("alice");
        await alice.AskAsync(1, "join_document", "d2");
        await using (var bob = await EnterAsync("bob"))
        {
            await bob.AskAsync(1, "join_document", "d2");
            await bob.SendAsync("41/documents,");
            Assert.Equal("""["user_joined",{"user":"bob"}]""", (await alice.EventAsync()).ToJsonString());
            Assert.Equal("""["user_left",{"user":"bob","reason":"client namespace disconnect"}]""", (await alice.EventAsync()).ToJsonString());
        }
    }

    [Fact]
    public async Task Who_may_not_open_a_document_is_told_why()
    {
        await using var mallory = await EnterAsync("mallory");
        var error = (await mallory.AskAsync(1, "join_document", "d1"))[0]!["error"]!;
        Assert.Equal(("forbidden", "You may not open this document."), ((string?)error["code"], (string?)error["message"]));
    }

    [Fact]
    public async Task A_failure_that_nobody_asked_about_comes_as_an_event()
    {
        await using var mallory = await EnterAsync("mallory");
        await mallory.EmitAsync("join_document", "d1");
        var exception = await mallory.EventAsync();
        Assert.Equal(("exception", "forbidden"), ((string?)exception[0], (string?)exception[1]!["error"]!["code"]));
        await mallory.EmitAsync("join_document");
        Assert.Equal("Argument 1 (id) is missing.", (string?)(await mallory.EventAsync())[1]!["error"]!["message"]);
    }

    [Fact]
    public async Task Who_comes_with_an_old_page_is_refused_with_data()
    {
        await using var old = await SocketIoClient.OpenAsync(_gate.Http, "/documents");
        await old.SendAsync($$"""40/documents,{"token":"{{_gate.Token("alice")}}"}""");
        Assert.Equal("""44/documents,{"message":"Please reload the page.","data":{"needs":"2"}}""", await old.PacketAsync());
    }

    [Fact]
    public async Task Beyond_its_rate_an_event_is_refused()
    {
        await using var alice = await EnterAsync("alice");
        JsonNode? error = null;
        for (var i = 0; i < 1000 && error is null; i++) error = (await alice.AskAsync(i, "draw", "d1", new { color = "red", points = Array.Empty<double>() })) is [{ } first] ? first["error"] : null;
        Assert.Equal("rate_limited", (string?)error!["code"]);
        Assert.InRange((double)error["retry_after"]!, 0, 0.05);
    }

    [Fact]
    public async Task A_filter_is_around_each_event_and_an_early_acknowledgement_is_sent_at_once()
    {
        await using var alice = await SocketIoClient.ConnectAsync(_gate.Http, _gate.Token("alice"), "/logged");
        Assert.Equal("""["received"]""", (await alice.AskAsync(1, "save", new { id = "d1" })).ToJsonString());
        await Eventually.TrueAsync("the filter notes it", () => _logbook.Lines.Any(line => line.StartsWith("alice save ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_class_it_works_the_same_and_other_code_reaches_rooms()
    {
        await using var alice = await SocketIoClient.ConnectAsync(_gate.Http, _gate.Token("alice"), "/chat");
        await using var bob = await SocketIoClient.ConnectAsync(_gate.Http, _gate.Token("bob"), "/chat");
        Assert.Equal("""["bob"]""", (await bob.AskAsync(1, "who")).ToJsonString());
        await alice.EmitAsync("say", "hi");
        Assert.Equal("""["said",{"user":"alice","text":"hi"}]""", (await bob.EventAsync()).ToJsonString());
        await using var editor = await EnterAsync("alice");
        await editor.AskAsync(1, "join_document", "d1");
        using var http = new HttpClient { BaseAddress = _gate.Http };
        using var text = new StringContent("news");
        (await http.PostAsync("/announce", text, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        Assert.Equal("""["announcement","news"]""", (await bob.EventAsync()).ToJsonString());
        Assert.Equal("""["closed","d1"]""", (await editor.EventAsync()).ToJsonString());
    }

    /// <summary>Enters the namespace of documents and hears its welcome.</summary>
    private async Task<SocketIoClient> EnterAsync(string user)
    {
        var client = await SocketIoClient.ConnectAsync(_gate.Http, _gate.Token(user), "/documents", query: "version=2");
        Assert.Equal($"""["welcome","{user}"]""", (await client.EventAsync()).ToJsonString());
        return client;
    }

    private sealed record TestGate(Uri Http)
    {
        private readonly TokenIssuer _tokens = new(new AuthOptions { JwtSecret = TestNode.Secret }, TimeProvider.System);

        public string Token(string user) => _tokens.Issue(user, TimeSpan.FromHours(1));
    }

    private sealed class Shelf : IDocuments
    {
        public Task<bool> MayOpenAsync(string user, string id) => Task.FromResult(user != "mallory");

        public Task<Document> LoadAsync(string id, CancellationToken stop) => Task.FromResult(new Document("Plan", 7));
    }

    private sealed class Logbook : ILogbook
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = [];

        public void Add(string line) => Lines.Enqueue(line);
    }
}
