using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class RestartTests : IDisposable
{
    private static readonly string[] Members = ["bob"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task History_is_the_same_after_a_restart_byte_for_byte()
    {
        string before, path;
        await using (var server = await ServerProcess.StartAsync(_folder.Path))
        {
            await using var alice = await server.ConnectAsync("alice");
            using var http = server.Client(server.Token("alice"));
            using var made = await http.PostAsJsonAsync("/v1/rooms", new { type = "private", members = Members }, Cancelled);
            var room = (string)(await made.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["channel"]!;
            for (var i = 0; i < 10; i++) await alice.AskAsync(new { type = "publish", channel = room, @event = "chat", data = new { content = $"olá {i} \u2028" } });
            path = $"/v1/channels/{room}/messages";
            before = await http.GetStringAsync(path, Cancelled);
        }
        await using var again = await ServerProcess.StartAsync(_folder.Path);
        using var bob = again.Client(again.Token("bob"));
        Assert.Equal(before, await bob.GetStringAsync(path, Cancelled));
        Assert.Equal(10, JsonNode.Parse(before)!["messages"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_key_used_before_a_restart_gets_the_first_answer_after_it_over_any_entry()
    {
        JsonObject first;
        await using (var server = await ServerProcess.StartAsync(_folder.Path))
        {
            await using var client = await server.ConnectAsync("s1", service: true);
            first = await client.AskAsync(new { type = "publish", channel = "broadcast", @event = "order", data = 1, key = "order-17" });
            await client.AskAsync(new { type = "publish", channel = "broadcast", @event = "order", data = 2 });
        }
        await using var again = await ServerProcess.StartAsync(_folder.Path);
        await using var socket = await again.ConnectAsync("s1", service: true);
        AssertFirst(first, await socket.AskAsync(new { type = "publish", channel = "broadcast", @event = "order", data = 3, key = "order-17" }));
        using var http = again.Client(again.Token("s1", service: true));
        http.DefaultRequestHeaders.Add("Idempotency-Key", "order-17");
        using var response = await http.PostAsJsonAsync("/v1/publish", new { channel = "broadcast", @event = "order", data = 4 }, Cancelled);
        Assert.Equal("true", response.Headers.GetValues("Idempotency-Replayed").Single());
        AssertFirst(first, (await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!);
        var page = await socket.AskAsync(new { type = "history", channel = "broadcast" });
        Assert.Equal([1, 2], page["messages"]!.AsArray().Select(message => (int)message!["data"]!));
    }

    [Fact]
    public async Task A_revocation_holds_after_a_restart_and_new_tokens_work()
    {
        string old;
        await using (var server = await ServerProcess.StartAsync(_folder.Path))
        {
            old = server.Token("mallory");
            await using var live = await WireClient.ConnectAsync(server.WebSocket, old);
            await live.ReceiveAsync("connected");
            using var service = server.Client(server.Token("s1", service: true));
            using var revoked = await service.PostAsJsonAsync("/v1/sessions/revoke", new { user = "mallory" }, Cancelled);
            Assert.Equal(1, (int)(await revoked.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["connections"]!);
            Assert.Equal(4003, (await live.ReadToEndAsync()).Code);
        }
        await using var again = await ServerProcess.StartAsync(_folder.Path);
        using (var refused = await again.Client(old).GetAsync("/v1/rooms", Cancelled))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("token_revoked", (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["error"]!["code"]);
        }
        await using var fresh = await again.ConnectAsync("mallory");
        Assert.Equal("mallory", (string?)(await fresh.ReceiveAsync("connected"))["user"]);
    }

    private static void AssertFirst(JsonObject first, JsonObject answer)
    {
        foreach (var field in (string[])["message", "offset", "epoch", "durable", "correlation_id"])
            Assert.Equal(first[field]!.ToJsonString(), answer[field]?.ToJsonString());
    }
}
