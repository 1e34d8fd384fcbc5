using System.Net;
using Arauto.Backplanes.Redis;
using Arauto.Stores;
using Arauto.Stores.Memory;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Redis away, slow, empty or deaf: clients stay, what is said is true, and afterwards nothing is missing that was promised.</summary>
public sealed class NodeFailureTests
{
    private const string Channel = "public:a";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_without_another_store_share_messages_in_Redis()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        var sent = (await PublishAsync(cluster[1], 1)).IsReply();
        Assert.Equal((1, true, "full"), ((int)sent["offset"]!, (bool)sent["durable"]!, (string?)sent["fanout"]));
        var received = await anna.ReceiveAsync();
        Assert.Equal((1, (string?)sent["message"]), ((int)received["data"]!, (string?)received["id"]));

        await using var late = await cluster[1].ConnectAsync("late");
        var page = (await late.AskAsync(new { type = "history", channel = Channel })).IsReply();
        Assert.Equal(1, (int)Assert.Single(page["messages"]!.AsArray())!["data"]!);
    }

    [Fact]
    public async Task A_repetition_on_another_node_has_one_effect_and_the_first_answer()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            await using var client = await cluster[i % 3].ConnectAsync("anna");
            var answer = (await client.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 1, key = "k" })).IsReply();
            answers.Add($"{answer["message"]} {answer["offset"]} {answer["epoch"]}");
        }
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Without_Redis_clients_stay_readiness_turns_within_three_seconds_and_afterwards_the_feeds_are_complete()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        (await PublishAsync(cluster[1], 1)).IsReply();
        Assert.Equal(1, (int)(await anna.ReceiveAsync())["data"]!);
        await Eventually.TrueAsync("it is ready", async () => await ReadyAsync(cluster[0]) == HttpStatusCode.OK);

        await cluster.Redis.KillAsync();
        await using var watch = new Pauses();
        await Eventually.TrueAsync("readiness turns", async () => await ReadyAsync(cluster[0]) == HttpStatusCode.ServiceUnavailable);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        Assert.Equal("pong", (await anna.AskAsync(new { type = "ping" })).Type());

        await cluster.Redis.RestartAsync(keepData: true);
        // What is published before anna's node hears again is made up for.
        await Eventually.TrueAsync("the other node can publish", async () => (await PublishAsync(cluster[1], 2)).Type() == "reply");
        await Eventually.TrueAsync("both are ready again", async () => await ReadyAsync(cluster[0]) == HttpStatusCode.OK && await ReadyAsync(cluster[1]) == HttpStatusCode.OK);
        (await PublishAsync(cluster[1], 3)).IsReply();
        for (var data = 2; data <= 3; data++)
        {
            var next = await anna.ReceiveAsync();
            Assert.Equal((Channel, data), ((string?)next["channel"], (int)next["data"]!));
        }
    }

    [Fact]
    public async Task Without_Redis_messages_reach_who_is_on_the_same_node_and_the_publisher_is_told_so()
    {
        await using var cluster = await TestCluster.StartAsync(2, options => options.Cluster.IslandSeconds = 1);
        await using var anna = await cluster[0].ConnectAsync("anna");
        await using var bob = await cluster[0].ConnectAsync("bob");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        (await bob.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 1 })).IsReply();
        Assert.Equal(1, (int)(await anna.ReceiveAsync())["data"]!);
        await cluster.Redis.KillAsync();
        System.Text.Json.Nodes.JsonObject sent = [];
        await Eventually.TrueAsync("a message is taken again", async () =>
        {
            sent = await bob.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 2 });
            return sent.Type() == "reply" || ((string?)sent["code"] == "unavailable" ? false : throw new InvalidOperationException($"{sent}"));
        });
        Assert.Equal((2, false, "local"), ((int)sent["offset"]!, (bool)sent["durable"]!, (string?)sent["fanout"]));
        Assert.Equal(2, (int)(await anna.ReceiveAsync())["data"]!);

        await cluster.Redis.RestartAsync(keepData: true);
        await Eventually.TrueAsync("Redis has a message again", async () =>
        {
            sent = await bob.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 3 });
            return (bool?)sent["durable"] == true;
        });
        Assert.Equal(2, (int)sent["offset"]!);
        // Until then the node was still on its own.
        var frame = await anna.ReceiveAsync();
        while (frame.Type() == "chat") frame = await anna.ReceiveAsync();
        Assert.Equal(("gap", "epoch_changed"), (frame.Type(), (string?)frame["reason"]));
        Assert.Equal(3, (int)(await anna.ReceiveAsync())["data"]!);
    }

    [Fact]
    public async Task A_node_with_a_store_of_its_own_starts_without_Redis_and_joins_the_others_when_it_comes()
    {
        await using var store = new MemoryStore(new MemoryStoreOptions(), TimeProvider.System);
        await using var cluster = await TestCluster.StartAsync(0, store: () => store);
        cluster.Redis.Kill();
        await cluster.AddAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(cluster[0]));
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        Assert.Equal("local", (string?)(await PublishAsync(cluster[0], 1)).IsReply()["fanout"]);
        Assert.Equal(1, (int)(await anna.ReceiveAsync())["data"]!);

        await cluster.Redis.RestartAsync(keepData: true);
        await cluster.AddAsync();
        await Eventually.TrueAsync("both are ready", async () => await ReadyAsync(cluster[0]) == HttpStatusCode.OK && await ReadyAsync(cluster[1]) == HttpStatusCode.OK);
        Assert.Equal("full", (string?)(await PublishAsync(cluster[1], 2)).IsReply()["fanout"]);
        Assert.Equal(2, (int)(await anna.ReceiveAsync())["data"]!);
    }

    [Fact]
    public async Task A_node_whose_only_store_is_away_says_what_to_do()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        cluster.Redis.Kill();
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(cluster.AddAsync);
        Assert.Contains("start it, correct the address (redis), or choose another store", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redis_that_comes_back_empty_is_a_gap_and_not_silence()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        for (var i = 1; i <= 3; i++)
        {
            (await PublishAsync(cluster[1], i)).IsReply();
            Assert.Equal(i, (int)(await anna.ReceiveAsync())["data"]!);
        }
        cluster.Redis.Kill();
        await cluster.Redis.RestartAsync(keepData: false);
        await Eventually.TrueAsync("a message is taken", async () => (await PublishAsync(cluster[1], 4)).Type() == "reply");

        var gap = await anna.ReceiveAsync();
        Assert.Equal(("gap", "epoch_changed"), (gap.Type(), (string?)gap["reason"]));
        Assert.Equal(4, (int)(await anna.ReceiveAsync())["data"]!);
    }

    [Fact]
    public async Task Subscribers_that_are_cut_off_miss_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        await using var bob = await cluster[1].ConnectAsync("bob");
        for (var i = 0; i < 200; i++)
        {
            if (i % 40 == 20) await cluster.Redis.KillSubscribersAsync();
            (await bob.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = i })).IsReply();
        }
        for (var i = 0; i < 200; i++) Assert.Equal(i, (int)(await anna.ReceiveAsync())["data"]!);
    }

    [Fact]
    public async Task A_node_that_dies_is_gone_from_presence_within_its_lease_and_the_others_hear_it()
    {
        await using var cluster = await TestCluster.StartAsync(2, options => options.Presence.GraceSeconds = 0);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        // What a killed node leaves: a lease that nobody renews and its entries.
        var nodes = cluster[0].Get<NodeDirectory>();
        await cluster.Redis.CommandAsync("HSET", "arauto:presence:{c:public:a}", "ghost", "DeadXx=1");
        await cluster.Redis.CommandAsync("ZADD", "arauto:nodes:live", DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeMilliseconds(), "DeadXx");
        await Eventually.TrueAsync("the node is seen", () => nodes.Live.Contains("DeadXx"));
        Assert.Equal("anna 1, ghost 1", await anna.UsersAsync(Channel));

        var leave = await anna.ReceiveAsync("presence");
        Assert.Equal(("leave", "ghost"), ((string?)leave["action"], (string?)leave["user"]));
        Assert.Equal("anna 1", await anna.UsersAsync(Channel));
    }

    [Fact]
    public async Task That_the_users_of_a_dead_node_left_is_told_though_it_could_not_be_found_out_at_first()
    {
        const string Key = "arauto:presence:{c:public:a}";
        await using var cluster = await TestCluster.StartAsync(1, options => options.Presence.GraceSeconds = 0);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.AskAsync(new { type = "subscribe", channel = Channel })).IsReply();
        await cluster.Redis.CommandAsync("HSET", Key, "ghost", "DeadXx=1");
        await cluster.Redis.CommandAsync("ZADD", "arauto:nodes:live", DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeMilliseconds(), "DeadXx");
        await Eventually.TrueAsync("the node is seen", () => cluster[0].Get<NodeDirectory>().Live.Contains("DeadXx"));
        await cluster.Redis.CommandAsync("RENAME", Key, "aside");
        await cluster.Redis.CommandAsync("SET", Key, "of another type");
        await Eventually.TrueAsync("it was tried", async () =>
            (await cluster.Redis.CommandAsync("INFO", "errorstats")).AsString()!.Contains("WRONGTYPE", StringComparison.Ordinal));

        await cluster.Redis.CommandAsync("RENAME", "aside", Key);

        var leave = await anna.ReceiveAsync("presence");
        Assert.Equal(("leave", "ghost"), ((string?)leave["action"], (string?)leave["user"]));
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> PublishAsync(TestNode node, int data)
    {
        await using var client = await node.ConnectAsync("publisher");
        return await client.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data });
    }

    private static async ValueTask<HttpStatusCode> ReadyAsync(TestNode node)
    {
        using var client = node.Client();
        return (await client.GetAsync("/readyz", Token)).StatusCode;
    }
}
