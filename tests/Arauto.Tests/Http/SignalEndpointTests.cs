using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Http;

/// <summary>Typing and receipts over HTTP, for clients that can only send that way.</summary>
public sealed class SignalEndpointTests
{
    private const string Channel = "public:a";
    private const string Typing = $"/v1/channels/{Channel}/typing";
    private const string Receipts = $"/v1/channels/{Channel}/receipts";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Typing_reaches_who_is_in_the_channel_and_is_not_kept()
    {
        await using var node = await TestNode.StartAsync();
        await using var bob = await node.ConnectAsync("bob");
        await bob.SubscribeAsync(Channel);
        using var stream = await node.FollowAsync("carol", Channel, more: "&events=true");
        using var alice = node.Client("alice");

        using var typed = await alice.PostAsync(Typing, null, Cancelled);

        Assert.Equal(204, (int)typed.StatusCode);
        Assert.Equal("alice", (string?)(await bob.ReceiveAsync("typing"))["user"]);
        Assert.Equal("alice", (string?)(await stream.ControlAsync("typing"))["user"]);
        Assert.Empty((await bob.AskAsync(new { type = "history", channel = Channel }))["messages"]!.AsArray());
    }

    [Fact]
    public async Task Marks_only_rise_are_told_to_the_others_and_listed()
    {
        await using var node = await TestNode.StartAsync();
        await using var bob = await node.ConnectAsync("bob");
        await bob.SubscribeAsync(Channel);
        for (var i = 1; i <= 5; i++) await node.PublishAsync(Channel);
        using var alice = node.Client("alice");

        foreach (var (body, delivered, read) in new[] { ("""{"delivered":3}""", 3, 0), ("""{"delivered":2,"read":1}""", 3, 1), ("""{"read":5}""", 5, 5) })
        {
            using var raised = await PostAsync(alice, body);
            Assert.Equal(204, (int)raised.StatusCode);
            Assert.Equal("", await raised.Content.ReadAsStringAsync(Cancelled));
            var told = await bob.ReceiveAsync("receipt");
            Assert.Equal(("alice", delivered, read), ((string)told["user"]!, (int)told["delivered"]!, (int)told["read"]!));
        }
        using (var lower = await PostAsync(alice, """{"read":4}""")) Assert.Equal(204, (int)lower.StatusCode);
        (await bob.AskAsync(new { type = "receipt", channel = Channel, delivered = 2 })).IsReply();

        var list = (await alice.GetFromJsonAsync<JsonObject>(Receipts, Cancelled))!;
        Assert.Equal(Channel, (string?)list["channel"]);
        Assert.Equal([("alice", 5, 5), ("bob", 2, 0)], list["receipts"]!.AsArray().Select(marks => ((string)marks!["user"]!, (int)marks["delivered"]!, (int)marks["read"]!)));
        Assert.DoesNotContain(await bob.DrainAsync(), frame => frame.Type() == "receipt");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"delivered":null}""")]
    [InlineData("""{"delivered":-1}""")]
    [InlineData("""{"read":"1"}""")]
    [InlineData("""{"read":1.5}""")]
    [InlineData("""{"read":99999999999999999999}""")]
    [InlineData("""{"read":2}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Marks_that_make_no_sense_are_refused(string body)
    {
        await using var node = await TestNode.StartAsync();
        await node.PublishAsync(Channel);
        using var alice = node.Client("alice");
        using var refused = await PostAsync(alice, body);
        await refused.IsErrorAsync(400, "invalid_message");
        Assert.Empty((await alice.GetFromJsonAsync<JsonObject>(Receipts, Cancelled))!["receipts"]!.AsArray());
    }

    [Theory]
    [InlineData("/v1/channels/user:bob/{0}", 403, "forbidden")]
    [InlineData("/v1/channels/nowhere/{0}", 404, "unknown_channel")]
    [InlineData("/v1/channels/public:*/{0}", 400, "invalid_channel")]
    public async Task Only_who_may_subscribe_sends_and_reads_signals(string path, int status, string code)
    {
        await using var node = await TestNode.StartAsync();
        using var alice = node.Client("alice");
        using var nobody = node.Client();
        using (var typing = await alice.PostAsync(path.Replace("{0}", "typing", StringComparison.Ordinal), null, Cancelled)) await typing.IsErrorAsync(status, code);
        var receipts = path.Replace("{0}", "receipts", StringComparison.Ordinal);
        using (var raised = await alice.PostAsJsonAsync(receipts, new { read = 0 }, Cancelled)) await raised.IsErrorAsync(status, code);
        using (var listed = await alice.GetAsync(receipts, Cancelled)) await listed.IsErrorAsync(status, code);
        using (var listed = await nobody.GetAsync(receipts, Cancelled)) await listed.IsErrorAsync(401, "unauthorized");
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await client.PostAsync(Receipts, content, Cancelled);
    }
}
