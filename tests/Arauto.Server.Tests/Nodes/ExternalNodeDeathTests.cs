using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>Other programs publish in Redis while the node that takes it is killed.</summary>
public sealed class ExternalNodeDeathTests
{
    private const string Channel = "updates";
    private const int Deaths = 3;

    /// <summary>So many have equal bytes, and each is a message of its own.</summary>
    private const int Alike = 3;

    /// <summary>The turn of a dead node ends after three seconds and is asked for within one; the rest is for a busy machine.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private int _published;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_publication_enters_the_log_once_though_the_node_that_takes_them_is_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(redis.NodeUrl, """{"cluster":{"leaseSeconds":1},"limits":{"requestsPerSecond":0},"channels":{"updates":{"historyMessages":0}}}""");
        var pauses = new List<TimeSpan>();
        for (var death = 0; death < Deaths; death++)
        {
            var taker = await FindTakerAsync(redis, nodes);
            var other = nodes[(taker + 1) % nodes.Count];
            await PublishAsync(redis, 40 * Alike);
            nodes[taker].Kill();
            var (watch, before) = (Stopwatch.StartNew(), _published);
            while (await LastAsync(other) < before / Alike && watch.Elapsed < LongestPause) await PublishAsync(redis, Alike);
            pauses.Add(watch.Elapsed);
            await PublishAsync(redis, 40 * Alike);
            await nodes.RestartAsync(taker);
        }

        var expected = Enumerable.Range(0, _published).Select(i => i / Alike).ToList();
        var log = new List<int>();
        await Eventually.TrueAsync("all are in the log", async () => (log = await ReadLogAsync(nodes[0])).Count >= expected.Count || log.LastOrDefault() == expected[^1]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_published} publications; nobody took them for {string.Join(", ", pauses.Select(pause => $"{pause.TotalMilliseconds:0} ms"))}");
        var counts = log.CountBy(data => data).ToDictionary();
        Assert.Empty(expected.Distinct().Where(data => counts.GetValueOrDefault(data) != expected.Count(other => other == data)).Select(data => $"{data}: {counts.GetValueOrDefault(data)} times"));
        Assert.Equal(expected, log);
        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.Zero, LongestPause));
    }

    /// <summary>Every four milliseconds one, or fewer on a busy machine.</summary>
    private async Task PublishAsync(RedisServer redis, int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(4));
        for (var i = 0; i < count; i++)
        {
            Assert.True((await redis.CommandAsync("PUBLISH", Channel, $$"""{"type":"tick","data":{{_published++ / Alike}}}""")).AsInteger() > 0);
            await timer.WaitForNextTickAsync(Cancelled);
        }
    }

    /// <summary>The node whose turn it is, once a second one listens.</summary>
    private static async Task<int> FindTakerAsync(RedisServer redis, NodeProcesses nodes)
    {
        var names = new List<string>();
        foreach (var node in nodes.All) names.Add(await NameAsync(node));
        var taker = -1;
        await Eventually.TrueAsync("two nodes listen and one has the turn", async () =>
        {
            taker = names.IndexOf((await redis.CommandAsync("GET", "arauto:external:{turn}")).AsString() ?? "");
            return taker >= 0 && (await redis.CommandAsync("PUBSUB", "NUMSUB", Channel)).Items[1].AsInteger() == 2;
        });
        return taker;
    }

    /// <summary>The name of a node's life begins the ids of the Engine.IO sessions that it opens.</summary>
    private static async Task<string> NameAsync(ServerProcess node)
    {
        using var http = node.Client(node.Token("anna"));
        var opened = await http.GetStringAsync("/socket.io/?EIO=4&transport=polling", Cancelled);
        return ((string)JsonNode.Parse(opened[1..])!["sid"]!)[..6];
    }

    /// <summary>The data of the log's last message.</summary>
    private static async Task<int> LastAsync(ServerProcess node)
    {
        using var http = node.Client(node.Token("anna"));
        var page = (await http.GetFromJsonAsync<JsonObject>($"/v1/channels/{Channel}/messages?limit=1", Cancelled))!;
        return (int)page["messages"]!.AsArray().Single()!["data"]!;
    }

    private static async Task<List<int>> ReadLogAsync(ServerProcess node)
    {
        using var http = node.Client(node.Token("anna"));
        var log = new List<int>();
        while (true)
        {
            var page = (await http.GetFromJsonAsync<JsonObject>($"/v1/channels/{Channel}/messages?after={log.Count}&limit=200", Cancelled))!;
            log.AddRange(page["messages"]!.AsArray().Select(message => (int)message!["data"]!));
            if (!(bool)page["more"]!) return log;
        }
    }
}
