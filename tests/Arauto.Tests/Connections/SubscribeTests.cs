using System.Text.Json;
using Arauto.Feeds;
using Arauto.Hubs;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

public sealed class SubscribeTests
{
    [Fact]
    public async Task A_reply_says_where_the_channel_stands()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        var published = (await client.PublishAsync("public:a", 1)).IsReply();

        var reply = (await client.SubscribeAsync("public:a")).IsReply();

        Assert.Equal(("public:a", 1L, (string)published["epoch"]!, false), ((string)reply["channel"]!, reply.Offset(), (string)reply["epoch"]!, (bool)reply["resumed"]!));
        Assert.NotEqual("", reply.Cursor());
    }

    [Fact]
    public async Task Subscribing_twice_delivers_once()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        (await client.SubscribeAsync("public:a")).IsReply();
        await client.PublishAsync("public:a", 1);
        await client.ReceiveAsync("chat");

        Assert.Equal(1, (await client.SubscribeAsync("public:a")).IsReply().Offset());
        await client.PublishAsync("public:a", 2);

        Assert.Equal(2, (await client.ReceiveAsync("chat")).Offset());
        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "chat");
    }

    [Fact]
    public async Task Unsubscribing_ends_it_and_cannot_be_done_twice()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        (await client.UnsubscribeAsync("public:a")).IsError("not_subscribed");
        await client.SubscribeAsync("public:a");

        (await client.UnsubscribeAsync("public:a")).IsReply();
        await client.PublishAsync("public:a", 1);

        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "chat");
        (await client.UnsubscribeAsync("public:a")).IsError("not_subscribed");
    }

    [Theory]
    [InlineData("nothing", "unknown_channel")]
    [InlineData("nothing:1", "unknown_channel")]
    [InlineData("public:", "unknown_channel")]
    [InlineData("public", "unknown_channel")]
    [InlineData("broadcast:1", "unknown_channel")]
    [InlineData(":", "unknown_channel")]
    [InlineData("room:not-a-uuid", "unknown_channel")]
    [InlineData("room:01990000-0000-7000-8000-000000000000", "unknown_channel")]
    [InlineData("", "invalid_channel")]
    [InlineData("public:a b", "invalid_channel")]
    [InlineData("public:*", "invalid_channel")]
    [InlineData("public:a,b", "invalid_channel")]
    public async Task A_channel_that_is_not_there_is_refused_over_every_entry(string channel, string code)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        (await client.SubscribeAsync(channel)).IsError(code);
        (await client.PublishAsync(channel)).IsError(code);
        (await client.AskAsync(new { type = "history", channel })).IsError(code);
        if (channel.Length == 0) return;
        using var http = node.Client("alice");
        using var response = await http.GetAsync($"/v1/channels/{Uri.EscapeDataString(channel)}/messages", TestContext.Current.CancellationToken);
        await response.IsErrorAsync(code == "unknown_channel" ? 404 : 400, code);
    }

    [Fact]
    public async Task The_default_rules_say_who_may_what()
    {
        await using var node = await TestNode.StartAsync();
        await using var alice = await node.ConnectAsync("alice");
        await using var service = await node.ConnectAsync("backend", service: true);
        foreach (var (channel, subscribe, publish) in new[]
        {
            ("broadcast", true, false), ("updates", true, false), ("public:a", true, true), ("doc:1", false, false),
            ("user:alice", true, false), ("user:bob", false, false), ("notifications:alice", true, false), ("notifications:bob", false, false),
        })
        {
            var subscribed = await alice.SubscribeAsync(channel);
            var published = await alice.PublishAsync(channel);
            var read = await alice.AskAsync(new { type = "history", channel });
            if (subscribe) subscribed.IsReply();
            else subscribed.IsError("forbidden");
            if (subscribe) read.IsReply();
            else read.IsError("forbidden");
            if (publish) published.IsReply();
            else published.IsError("forbidden");
            (await service.SubscribeAsync(channel)).IsReply();
            (await service.PublishAsync(channel)).IsReply();
        }
    }

    [Fact]
    public async Task The_claim_channels_adds_rights()
    {
        await using var node = await TestNode.StartAsync();
        var claims = new Dictionary<string, JsonElement>
        {
            ["channels"] = JsonSerializer.SerializeToElement(new Dictionary<string, string[]> { ["doc:*"] = ["subscribe"], ["doc:7"] = ["publish"], ["broadcast"] = ["publish"] }),
        };
        await using var client = await WireClient.ConnectAsync(node.WebSocket, node.Token("alice", claims: claims));
        (await client.SubscribeAsync("doc:1")).IsReply();
        (await client.PublishAsync("doc:1")).IsError("forbidden");
        (await client.SubscribeAsync("doc:7")).IsReply();
        (await client.PublishAsync("doc:7")).IsReply();
        (await client.PublishAsync("broadcast")).IsReply();
        (await client.PublishAsync("updates")).IsError("forbidden");
    }

    [Fact]
    public async Task A_connection_has_a_bounded_number_of_subscriptions()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.SubscriptionsPerConnection = 3);
        await using var client = await node.ConnectAsync("alice");
        for (var i = 0; i < 3; i++) (await client.SubscribeAsync($"public:{i}")).IsReply();

        (await client.SubscribeAsync("public:3")).IsError("too_many_subscriptions");

        (await client.SubscribeAsync("public:0")).IsReply();
        await client.UnsubscribeAsync("public:0");
        (await client.SubscribeAsync("public:3")).IsReply();
    }

    [Fact]
    public async Task Commands_sent_behind_a_subscription_take_effect_behind_it()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        await using var client = await node.ConnectAsync("alice");
        store.Controlled.HoldReads();
        await client.SendAsync(new { type = "subscribe", id = 1001, channel = "public:a" });
        await client.SendAsync(new { type = "publish", id = 1002, channel = "public:a", @event = "chat", data = 1 });
        await Eventually.TrueAsync("the subscription waits for the log", () => store.Controlled.Held == 1);

        store.Controlled.Release();

        var reply = (await client.ReceiveAsync()).IsReply();
        Assert.Equal((1001L, 0L), ((long)reply["id"]!, reply.Offset()));
        var rest = new[] { await client.ReceiveAsync(), await client.ReceiveAsync() };
        Assert.Equal(["chat", "reply"], rest.Select(Wire.Type).Order());
    }

    [Fact]
    public async Task Every_command_is_answered_however_fast_subscriptions_come_and_go()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        await using var client = await node.ConnectAsync("alice");
        store.Controlled.HoldReads();
        await client.SendAsync(new { type = "subscribe", id = 1001, channel = "public:a" });
        await client.SendAsync(new { type = "subscribe", id = 1002, channel = "public:a" });
        await client.SendAsync(new { type = "unsubscribe", id = 1003, channel = "public:a" });
        await client.SendAsync(new { type = "subscribe", id = 1004, channel = "public:a" });
        await Eventually.TrueAsync("the first waits for the log", () => store.Controlled.Held == 1);
        store.Controlled.Release();

        for (var id = 1001; id <= 1004; id++) Assert.Equal(id, (long)(await client.ReceiveAsync()).IsReply()["id"]!);
        await client.PublishAsync("public:a", 1);
        Assert.Equal(1, (await client.ReceiveAsync("chat")).Offset());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_subscription_that_is_evicted_while_it_starts_is_answered(bool resuming)
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        await using var client = await node.ConnectAsync("alice");
        await client.PublishAsync("public:a", 1);
        var since = resuming ? (await client.AskAsync(new { type = "history", channel = "public:a" })).Cursor() : null;
        await client.PublishAsync("public:a", 2);
        store.Controlled.HoldReads();
        await client.SendAsync(new { type = "subscribe", id = 1001, channel = "public:a", since });
        await Eventually.TrueAsync("it waits for the log", () => store.Controlled.Held == 1);
        node.Get<Hub>().Evict("public:a", _ => false, new Arauto.Protocol.ProtocolError(Arauto.Protocol.ErrorCode.Forbidden, "Gone."));
        Assert.Equal("public:a", (string?)(await client.ReceiveAsync()).IsError("forbidden")["channel"]);

        store.Controlled.Release();

        Assert.Equal(1001, (long)(await client.ReceiveAsync("error"))["id"]!);
        Assert.Equal("pong", (await client.AskAsync(new { type = "ping" })).Type());
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_subscription_starts_leaves_nothing_behind()
    {
        var time = new ManualTimeProvider();
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(null, store, time);
        var client = await node.ConnectAsync("alice");
        store.Controlled.HoldReads();
        await client.SendAsync(new { type = "subscribe", id = 1001, channel = "public:a" });
        await client.SendAsync(new { type = "subscribe", id = 1002, channel = "public:b", since = Arauto.Protocol.Cursor.Encode("public:b", new(new(7), 5)) });
        await Eventually.TrueAsync("it waits for the log", () => store.Controlled.Held >= 1);
        client.Socket.Abort();
        await Eventually.TrueAsync("the connection is gone", () => node.Get<Hub>().ConnectionCount == 0);

        store.Controlled.Release();

        await Eventually.TrueAsync("the feeds are gone", () =>
        {
            time.Advance(FeedRegistry.CompareInterval);
            return node.Get<FeedRegistry>().Count == 0;
        });
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(node.Get<Arauto.Presence.PresenceRegistry>().ListHere("public:a"));
        Assert.Empty(node.Get<Arauto.Presence.PresenceRegistry>().ListHere("public:b"));
    }
}
