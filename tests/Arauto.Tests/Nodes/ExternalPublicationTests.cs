using System.Text.Json.Nodes;
using Arauto.Ingestion;
using Arauto.Metrics;
using Arauto.Tests.Connections;
using Arauto.Tests.Metrics;
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
    [InlineData("notifications:42", """{"type":"new_message","message_id":"m","sender_id":"s","timestamp":5}""", "new_message", """{"type":"new_message","message_id":"m","sender_id":"s","timestamp":5}""")]
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
        foreach (var message in published) Assert.True((await cluster.Redis.CommandAsync("PUBLISH", "updates", message)).AsInteger() >= 2);
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
        await cluster.Redis.CommandAsync("PUBLISH", "notifications:42", """{"type":"new_message","message_id":"m1"}""");
        await Eventually.TrueAsync("it is in the log", async () =>
        {
            await using var client = await cluster[1].ConnectAsync("42");
            var page = (await client.AskAsync(new { type = "history", channel = "notifications:42" })).IsReply();
            return page["messages"]!.AsArray() is [JsonObject message] && (string?)message["data"]!["message_id"] == "m1";
        });
    }

    [Fact]
    public async Task Each_enters_the_log_once_whichever_master_of_a_Cluster_it_is_published_on()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two");
        await Eventually.TrueAsync("both take what is published", () => one.Get<ExternalPublications>().IsTaking && two.Get<ExternalPublications>().IsTaking);
        for (var i = 0; i < 60; i++) await set.Nodes[i % set.Nodes.Count].AskAsync("PUBLISH", "updates", $$$"""{"type":"tick","data":{{{i / 4}}}}""");
        await using var client = await one.ConnectAsync("anna");
        var log = new List<int>();
        await Eventually.TrueAsync("all are in the log", async () =>
        {
            var page = (await client.AskAsync(new { type = "history", channel = "updates", after = 0, limit = 200 })).IsReply();
            log = [.. page["messages"]!.AsArray().Select(message => (int)message!["data"]!)];
            return log.Count >= 60;
        });
        Assert.Equal(Enumerable.Range(0, 60).Select(i => i / 4), log.Order());

        Task<TestNode> StartAsync(string name) => TestNode.StartAsync(options =>
        {
            options.Redis = set.Url;
            options.Node = name;
            options.Limits.CommandsPerSecond = 0;
        });
    }

    [Fact]
    public async Task What_waits_while_Redis_says_nothing_is_bounded_and_what_is_beyond_is_counted()
    {
        await using var cluster = await TestCluster.StartAsync(1, options => options.Channels["updates"].HistoryMessages = 0);
        var external = cluster[0].Get<ExternalPublications>();
        await Eventually.TrueAsync("it takes what is published", () => external.IsTaking);
        cluster.Redis.Pause();
        foreach (var topic in external.Topics) external.Begin(topic);
        const int Most = 10_000;
        for (var i = 0; i < Most + 5; i++) external.Hear("updates", """{"type":"tick","data":1}"""u8.ToArray());
        cluster.Redis.Resume();

        await using var client = await cluster[0].ConnectAsync("anna");
        await Eventually.TrueAsync("what was kept is in the log", async () =>
            (await client.AskAsync(new { type = "history", channel = "updates", after = Most - 1, limit = 10 })).IsReply()["messages"]!.AsArray().Count == 1);
        Assert.Equal(5, new ParsedMetrics(cluster[0].Get<PrometheusText>())["arauto_errors_total{code=\"unavailable\"}"]);
    }

    [Fact]
    public void Publications_have_the_same_key_everywhere_and_each_its_own()
    {
        var (here, there) = (new PublicationCount("a beginning"), new PublicationCount("a beginning"));
        List<string> keys = [here.Next("a", "x"u8), here.Next("a", "x"u8), here.Next("a", "y"u8), here.Next("b", "x"u8), new PublicationCount("another").Next("a", "x"u8)];
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(keys.Take(4), [there.Next("a", "x"u8), there.Next("a", "x"u8), there.Next("a", "y"u8), there.Next("b", "x"u8)]);
        Assert.Equal(3, here.Size);
    }

    private static async Task ListeningAsync(RedisServer redis, int listeners = 2) => await Eventually.TrueAsync(
        "nodes listen",
        async () => (await redis.CommandAsync("PUBSUB", "NUMSUB", "updates")).Items[1].AsInteger() >= listeners && (await redis.CommandAsync("PUBSUB", "NUMPAT")).AsInteger() == 3);
}
