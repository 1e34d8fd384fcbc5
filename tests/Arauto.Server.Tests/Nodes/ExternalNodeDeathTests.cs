using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>Other programs publish in Redis without a pause while nodes are killed and started again.</summary>
public sealed class ExternalNodeDeathTests
{
    private const string Channel = "updates";
    private const int Deaths = 6;

    /// <summary>So many have equal bytes, and each is a message of its own.</summary>
    private const int Alike = 3;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_publication_enters_the_log_once_and_in_order_though_nodes_are_killed()
    {
        var random = Seed.CreateRandom();
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(redis.NodeUrl, """{"cluster":{"leaseSeconds":1},"limits":{"requestsPerSecond":0},"channels":{"updates":{"historyMessages":0}}}""");
        await TwoTakeAsync(redis);
        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync(redis, stop.Token);
        for (var death = 0; death < Deaths; death++)
        {
            var victim = random.Next(nodes.Count);
            nodes[victim].Kill();
            await nodes.RestartAsync(victim);
            // One that heard all has to be left when the next dies.
            await TwoTakeAsync(redis);
        }
        await stop.CancelAsync();
        var expected = Enumerable.Range(0, await publishing).Select(i => i / Alike).ToList();
        var log = new List<int>();
        await Eventually.TrueAsync("all are in the log", async () => (log = await ReadLogAsync(nodes[0])).Count >= expected.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{expected.Count} publications, {Deaths} nodes killed");
        Assert.Equal(expected, log);
    }

    /// <summary>Every four milliseconds one, or fewer on a busy machine.</summary>
    private static async Task<int> PublishAsync(RedisServer redis, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(4));
        var published = 0;
        for (; !stop.IsCancellationRequested; await timer.WaitForNextTickAsync(Cancelled))
            Assert.True((await redis.CommandAsync("PUBLISH", Channel, $$"""{"type":"tick","data":{{published++ / Alike}}}""")).AsInteger() > 0);
        return published;
    }

    /// <summary>A node that listens says so to the others, and who heard everything until then confirms it: a beginning that is said now is confirmed by all who take.</summary>
    private static async Task TwoTakeAsync(RedisServer redis) => await Eventually.TrueAsync("two nodes take what is published", async () =>
    {
        var beginning = $"asked {Guid.NewGuid():N}";
        var listeners = (await redis.CommandAsync("PUBLISH", "arauto:external:begin", beginning)).AsInteger();
        var confirmed = 0L;
        for (var tries = 0; tries < 40 && confirmed < 2; tries++)
        {
            await Task.Delay(5, Cancelled);
            confirmed = (await redis.CommandAsync("HGET", $"arauto:external:begin:{beginning}", "taken")) is { IsNull: false } taken ? taken.AsInteger() : 0;
        }
        return listeners >= 2 && confirmed >= 2;
    });

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
