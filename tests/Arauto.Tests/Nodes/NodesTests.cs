using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Feeds;
using Arauto.Stores.Memory;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Several nodes on one Redis behave as one.</summary>
public sealed class NodesTests : IAsyncDisposable
{
    private const string Channel = "public:a";
    private static readonly string[] Anna = ["anna"];
    private readonly MemoryStore _store = new MemoryStore(new MemoryStoreOptions(), TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_reaches_the_subscribers_of_all_nodes_by_a_hint_and_not_only_by_the_comparison()
    {
        await using var cluster = await StartAsync(3);
        var clients = new List<WireClient>();
        foreach (var node in cluster.Nodes) clients.Add(await node.SubscribedAsync($"user{clients.Count}", Channel));
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 30; i++)
        {
            (await clients[i % 3].AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = i })).IsReply();
            foreach (var client in clients) Assert.Equal(i, (int)(await client.ReceiveAsync())["data"]!);
        }
        Assert.True(watch.Elapsed < FeedRegistry.CompareInterval * 10, $"30 messages took {watch.Elapsed}: they came by the comparison.");
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task A_node_hears_exactly_the_channels_that_somebody_on_it_listens_to()
    {
        await using var cluster = await StartAsync(2);
        await using var a = await cluster[0].SubscribedAsync("anna", "public:a");
        await using var b = await cluster[1].SubscribedAsync("bob", "public:b");
        // Listening begins with the answer, and is confirmed behind it.
        await Eventually.TrueAsync("one node hears each", async () => (await HearersAsync("public:a"), await HearersAsync("public:b")) == (1, 1));
        Assert.Equal(0, await HearersAsync("public:c"));

        await using var c = await cluster[1].SubscribedAsync("carl", "public:a");
        await Eventually.TrueAsync("two nodes hear it", async () => await HearersAsync("public:a") == 2);
        await a.AskAsync(new { type = "unsubscribe", channel = "public:a" });
        await Eventually.TrueAsync("one node hears it", async () => await HearersAsync("public:a") == 1);

        async ValueTask<long> HearersAsync(string channel) =>
            (await cluster.Redis.CommandAsync("PUBSUB", "NUMSUB", $"arauto:hint:{{c:{channel}}}")).Items[1].AsInteger();
    }

    [Fact]
    public async Task A_users_devices_on_several_nodes_get_the_users_own_messages_unsubscribed()
    {
        await using var cluster = await StartAsync(3);
        await using var phone = await cluster[0].ConnectAsync("anna");
        await using var laptop = await cluster[1].ConnectAsync("anna");
        await phone.AskAsync(new { type = "ping" });
        await laptop.AskAsync(new { type = "ping" });
        for (var i = 0; i < 5; i++)
        {
            using var service = cluster[2].Client("service", service: true);
            (await service.PostAsJsonAsync("/v1/publish", new { channel = "user:anna", @event = "note", data = i }, Token)).EnsureSuccessStatusCode();
            Assert.Equal(i, (int)(await phone.ReceiveAsync("note"))["data"]!);
            Assert.Equal(i, (int)(await laptop.ReceiveAsync("note"))["data"]!);
        }
    }

    [Fact]
    public async Task Typing_is_seen_on_other_nodes_and_not_by_who_types()
    {
        await using var cluster = await StartAsync(2);
        await using var anna = await cluster[0].SubscribedAsync("anna", Channel);
        await using var bob = await cluster[1].SubscribedAsync("bob", Channel);
        await Eventually.TrueAsync("the nodes know each other", async () =>
        {
            await anna.SendAsync(new { type = "typing", channel = Channel });
            return (await bob.DrainAsync()).Any(frame => frame.Type() == "typing" && (string?)frame["user"] == "anna");
        });
        Assert.DoesNotContain(await anna.DrainAsync(), frame => frame.Type() == "typing");
    }

    [Fact]
    public async Task A_user_on_two_nodes_is_there_once_and_goes_once()
    {
        await using var cluster = await StartAsync(2, options => options.Presence.GraceSeconds = 0);
        await using var anna = await cluster[0].SubscribedAsync("anna", Channel);
        var here = await cluster[0].SubscribedAsync("bob", Channel);
        Assert.Equal("join", (string?)(await anna.ReceiveAsync("presence"))["action"]);
        var there = await cluster[1].SubscribedAsync("bob", Channel);
        await Eventually.TrueAsync("bob is there twice", async () => await anna.UsersAsync(Channel) == "anna 1, bob 2");

        await here.DisposeAsync();
        await Eventually.TrueAsync("bob is there once", async () => await anna.UsersAsync(Channel) == "anna 1, bob 1");
        Assert.DoesNotContain(await anna.DrainAsync(), frame => frame.Type() == "presence");
        await there.DisposeAsync();
        var leave = await anna.ReceiveAsync("presence");
        Assert.Equal(("leave", "bob"), ((string?)leave["action"], (string?)leave["user"]));
        Assert.Equal("anna 1", await anna.UsersAsync(Channel));
    }

    [Fact]
    public async Task Of_fifty_simultaneous_logins_on_three_nodes_exactly_as_many_succeed_as_may()
    {
        await using var cluster = await StartAsync(3, options => options.Limits.ConnectionsPerUser = 3);
        for (var round = 0; round < 5; round++)
        {
            var user = $"user{round}";
            var attempts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => cluster[i % 3].TryConnectAsync(user)));
            var open = attempts.OfType<WireClient>().ToList();
            Assert.Equal(3, open.Count);
            // Who leaves makes room, on any node.
            await open[0].DisposeAsync();
            WireClient? next = null;
            await Eventually.TrueAsync("there is room again", async () => (next = await cluster[round % 3].TryConnectAsync(user)) is not null);
            Assert.Null(await cluster[(round + 1) % 3].TryConnectAsync(user));
            foreach (var client in open.Skip(1).Append(next!)) await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_revocation_on_one_node_ends_connections_on_the_others()
    {
        await using var cluster = await StartAsync(2);
        await using var anna = await cluster[1].ConnectAsync("anna");
        await anna.AskAsync(new { type = "ping" });
        using var service = cluster[0].Client("service", service: true);
        (await service.PostAsJsonAsync("/v1/sessions/revoke", new { user = "anna" }, Token)).EnsureSuccessStatusCode();
        Assert.Equal(4003, (await anna.ReadToEndAsync()).Code);
    }

    [Fact]
    public async Task A_member_removed_on_one_node_loses_the_subscription_on_the_others()
    {
        await using var cluster = await StartAsync(2);
        using var service = cluster[0].Client("service", service: true);
        var room = JsonNode.Parse(await (await service.PostAsJsonAsync("/v1/rooms", new { type = "private", members = Anna }, Token)).Content.ReadAsStringAsync(Token))!;
        var channel = $"room:{(string)room["id"]!}";
        await using var anna = await cluster[1].SubscribedAsync("anna", channel);
        (await service.DeleteAsync($"/v1/rooms/{(string)room["id"]!}/members/anna", Token)).EnsureSuccessStatusCode();
        Assert.Equal("forbidden", (string?)(await anna.ReceiveAsync("error"))["code"]);
        Assert.Equal("error", (await anna.AskAsync(new { type = "subscribe", channel })).Type());
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task<TestCluster> StartAsync(int nodes, Action<Arauto.Options.ArautoOptions>? configure = null) => TestCluster.StartAsync(nodes, configure, () => _store);
}
