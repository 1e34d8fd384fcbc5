using System.Diagnostics;
using System.Text.Json.Nodes;
using Arauto.Backplanes.Redis;
using Arauto.Ingestion;
using Arauto.Publishing;
using Arauto.Redis;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>What other programs publish in Redis.</summary>
public sealed class ExternalPublicationTests
{
    [Theory]
    [InlineData("updates", """{"type":"geometry.updated","data":{"id":7},"timestamp":"2026-11-20T10:00:00Z"}""", "geometry.updated", """{"id":7}""")]
    [InlineData("broadcast", """{"channel":"broadcast","message":"{\"type\":\"notification\",\"action\":\"x\",\"data\":1}","timestamp":1700000000}""", "notification", """{"type":"notification","action":"x","data":1}""")]
    [InlineData("room:1", """{"channel":"room:1","message":"{\"content\":\"hi\"}","timestamp":1700000000}""", "chat_message", """{"content":"hi"}""")]
    [InlineData("user:1", """{"channel":"user:1","message":"[1]","timestamp":1}""", "user_event", "[1]")]
    [InlineData("notifications:42", """{"type":"isNewFormessage","message_id":"m","sender_id":"s","timestamp":5}""", "isNewFormessage", """{"type":"isNewFormessage","message_id":"m","sender_id":"s","timestamp":5}""")]
    public void Every_shape_is_read(string channel, string payload, string name, string data)
    {
        Assert.True(ExternalMessage.TryRead(channel, System.Text.Encoding.UTF8.GetBytes(payload), out var message, out _));
        Assert.Equal((name, data), (message.Event, System.Text.Encoding.UTF8.GetString(message.Data.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"presence"}""")]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"channel":"room:1","message":"not json","timestamp":1}""")]
    [InlineData("""{"channel":"room:1","message":"\ud800","timestamp":1}""")]
    public void What_is_no_message_is_refused_with_a_reason(string payload)
    {
        Assert.False(ExternalMessage.TryRead("room:1", System.Text.Encoding.UTF8.GetBytes(payload), out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public async Task Each_enters_the_log_once_in_order_whatever_the_number_of_nodes()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await ListeningAsync(cluster.Redis);
        var clients = new List<WireClient>();
        foreach (var node in cluster.Nodes)
        {
            var client = await node.ConnectAsync("anna");
            (await client.AskAsync(new { type = "subscribe", channel = "updates" })).IsReply();
            clients.Add(client);
        }
        // Equal bytes are several messages, too.
        string[] published = [.. Enumerable.Range(0, 60).Select(i => $$$"""{"type":"tick","data":{{{i / 3}}}}""")];
        foreach (var message in published) Assert.Equal(2, (await cluster.Redis.CommandAsync("PUBLISH", "updates", message)).AsInteger());
        foreach (var client in clients)
        {
            for (var i = 0; i < 60; i++)
            {
                var message = await client.ReceiveAsync("tick");
                Assert.Equal((i + 1, i / 3), ((int)message["offset"]!, (int)message["data"]!));
            }
            Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "tick");
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_that_is_far_too_large_is_dropped_and_the_next_is_taken()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        await ListeningAsync(cluster.Redis, 1);
        await using var client = await cluster[0].ConnectAsync("anna");
        (await client.AskAsync(new { type = "subscribe", channel = "updates" })).IsReply();
        await cluster.Redis.CommandAsync("PUBLISH", "updates", $$"""{"type":"large","data":"{{new string('x', 1_000_000)}}"}""");
        await cluster.Redis.CommandAsync("PUBLISH", "updates", """{"type":"small","data":1}""");
        Assert.Equal((1, "small"), await client.ReceiveAsync() is var message ? ((int)message["offset"]!, (string?)message["type"]) : default);
    }

    [Fact]
    public async Task A_message_for_a_user_who_is_away_is_there_later()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await ListeningAsync(cluster.Redis);
        await cluster.Redis.CommandAsync("PUBLISH", "notifications:42", """{"type":"isNewFormessage","message_id":"m1"}""");
        await Eventually.TrueAsync("it is in the log", async () =>
        {
            await using var client = await cluster[1].ConnectAsync("42");
            var page = (await client.AskAsync(new { type = "history", channel = "notifications:42" })).IsReply();
            return page["messages"]!.AsArray() is [JsonObject message] && (string?)message["data"]!["message_id"] == "m1";
        });
    }

    [Fact]
    public async Task When_the_node_that_takes_them_dies_the_other_takes_what_is_left_and_nothing_twice()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        // A node that is dead has the turn. It has begun with two of three, and the log has the first.
        await cluster.Redis.CommandAsync("SET", "arauto:external:{turn}", "dead", "PX", 60_000);
        var beginnings = new RecordingTopic();
        cluster.Redis.Redis.Subscribe(RedisTopic.Exact("arauto:external:begin"), beginnings);
        await cluster.AddAsync();
        await ListeningAsync(cluster.Redis, 1);
        await Eventually.TrueAsync("it is said since when is counted", () => !beginnings.Messages.IsEmpty);
        var beginning = beginnings.Messages.Single().Payload;
        foreach (var i in (int[])[1, 2]) await cluster.Redis.CommandAsync("SET", $"arauto:external:{Publication.DigestOf(beginning, "updates", Bytes(i))}:1", $"key{i}");
        var first = new PublishRequest { Channel = "updates", Event = "left", Data = "1"u8.ToArray(), Key = "key1" };
        Assert.True((await cluster[0].Get<IPublisher>().PublishAsync(first, TestContext.Current.CancellationToken)).IsPublished);
        foreach (var i in (int[])[1, 2, 3]) Assert.Equal(1, (await cluster.Redis.CommandAsync("PUBLISH", "updates", Bytes(i))).AsInteger());

        await using var client = await cluster[0].ConnectAsync("anna");
        (await client.AskAsync(new { type = "subscribe", channel = "updates" })).IsReply();
        await cluster.Redis.CommandAsync("DEL", "arauto:external:{turn}");
        foreach (var i in (int[])[2, 3])
        {
            var message = await client.ReceiveAsync();
            Assert.Equal((i, "left", i), ((int)message["offset"]!, (string?)message["type"], (int)message["data"]!));
        }
        Assert.Equal("key2", (await cluster.Redis.CommandAsync("GET", $"arauto:external:{Publication.DigestOf(beginning, "updates", Bytes(2))}:1")).AsString());

    }

    [Fact]
    public async Task What_one_node_missed_while_its_subscription_was_cut_is_taken_by_the_other()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await ListeningAsync(cluster.Redis);
        await cluster.Redis.CommandAsync("PUBLISH", "updates", Bytes(1));
        // Until then it leaves the turn to one that had it before.
        var (watch, isNewFor) = (Stopwatch.StartNew(), ExternalTurn.New + ExternalTurn.Interval);
        await Eventually.TrueAsync("neither has begun lately", () => watch.Elapsed > isNewFor);
        await using var client = await cluster[0].ConnectAsync("anna");
        await Eventually.TrueAsync("the first is in the log", async () =>
            (await client.AskAsync(new { type = "history", channel = "updates" })).IsReply()["messages"]!.AsArray().Count == 1);
        (await client.AskAsync(new { type = "subscribe", channel = "updates" })).IsReply();

        var holder = (await cluster.Redis.CommandAsync("GET", "arauto:external:{turn}")).AsString();
        var (taker, other) = cluster[0].Get<NodeDirectory>().Self == holder ? (cluster[0], cluster[1]) : (cluster[1], cluster[0]);
        other.Get<ExternalPublications>().Hear("updates", Bytes(2));
        taker.Get<ExternalPublications>().Begin();
        await cluster.Redis.CommandAsync("PUBLISH", "updates", Bytes(3));
        var received = new[] { await client.ReceiveAsync("left"), await client.ReceiveAsync("left") };
        Assert.Equal([(2, 2), (3, 3)], received.Select(message => ((int)message["offset"]!, (int)message["data"]!)));
        Assert.Equal(other.Get<NodeDirectory>().Self, (await cluster.Redis.CommandAsync("GET", "arauto:external:{turn}")).AsString());
    }

    [Fact]
    public async Task What_a_node_hears_before_others_know_that_it_listens_again_is_not_taken_a_second_time()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        await cluster.Redis.CommandAsync("SET", "arauto:external:{turn}", "dead", "PX", 60_000);
        await cluster.Redis.CommandAsync("SET", "arauto:external:{turn}:last", "dead", "PX", 10_000);
        var beginnings = new RecordingTopic();
        cluster.Redis.Redis.Subscribe(RedisTopic.Exact("arauto:external:begin"), beginnings);
        await cluster.AddAsync();
        await ListeningAsync(cluster.Redis, 1);
        await Eventually.TrueAsync("it is said since when is counted", () => !beginnings.Messages.IsEmpty);
        var external = cluster[0].Get<ExternalPublications>();
        external.Begin();
        // The dead node took this one, under a key that was said by a count this node does not know.
        external.Hear("updates", Bytes(1));
        await Eventually.TrueAsync("it is said again", () => beginnings.Messages.Count > 1);
        await cluster.Redis.CommandAsync("PUBLISH", "updates", Bytes(2));
        await cluster.Redis.CommandAsync("DEL", "arauto:external:{turn}");
        await using var client = await cluster[0].ConnectAsync("anna");
        (await client.AskAsync(new { type = "subscribe", channel = "updates" })).IsReply();
        var message = await client.ReceiveAsync("left");
        Assert.Equal((1, 2), ((int)message["offset"]!, (int)message["data"]!));
    }

    [Fact]
    public void Equal_publications_are_counted_until_nobody_repeats_them_for_a_while()
    {
        var time = new ManualTimeProvider();
        var counts = new EqualPublications(TimeSpan.FromSeconds(20), time);
        for (var i = 1; i <= 50; i++)
        {
            Assert.Equal((i, 1), (counts.Count("tick"), counts.Count($"{i}")));
            time.Advance(TimeSpan.FromSeconds(3));
        }
        time.Advance(TimeSpan.FromSeconds(18));
        Assert.Equal(1, counts.Count("tick"));
    }

    private static byte[] Bytes(int data) => System.Text.Encoding.UTF8.GetBytes($$"""{"type":"left","data":{{data}}}""");

    private static async Task ListeningAsync(RedisServer redis, int listeners = 2) => await Eventually.TrueAsync(
        "nodes listen",
        async () => (await redis.CommandAsync("PUBSUB", "NUMSUB", "updates")).Items[1].AsInteger() == listeners && (await redis.CommandAsync("PUBSUB", "NUMPAT")).AsInteger() == 3);
}
