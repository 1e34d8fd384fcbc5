using System.Diagnostics;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>What holds over all nodes: who is there, and how many connections a user may have.</summary>
public sealed class NodeDeathTests
{
    private const string Channel = "public:hall";
    private const int Deaths = 20;
    private const int Allowed = 3;
    private const int Logins = 50;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    /// <summary>What Redis believes ends a quarter of the lease earlier, and the others look twice in that time; the rest is what a busy machine needs to send a frame.</summary>
    private static readonly TimeSpan Told = Lease + TimeSpan.FromSeconds(0.5);

    private static readonly string Settings =
        $$$"""{"cluster":{"leaseSeconds":{{{Lease.TotalSeconds}}}},"presence":{"graceSeconds":0},"limits":{"connectionsPerUser":{{{Allowed}}}}}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Presence_on_a_killed_node_is_gone_within_its_lease_20_times_of_20()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(redis.NodeUrl, Settings);
        await using var anna = await nodes[0].ConnectAsync("anna");
        (await anna.SubscribeAsync(Channel)).IsReply();
        Task[] restarting = [.. Enumerable.Repeat(Task.CompletedTask, nodes.Count)];
        var took = new List<TimeSpan>();
        var calm = new Calm(nodes[0]);
        for (var death = 0; took.Count < Deaths; death++)
        {
            // One dies while the other starts.
            var victim = 1 + (death % 2);
            await restarting[victim];
            await using var ghost = await nodes[victim].ConnectAsync($"ghost{death}");
            (await ghost.SubscribeAsync(Channel)).IsReply();
            await PresenceAsync("join", death);
            Assert.Equal($"anna, ghost{death}", await UsersAsync());

            var watch = Stopwatch.StartNew();
            nodes[victim].Kill();
            await PresenceAsync("leave", death);
            var elapsed = watch.Elapsed;
            Assert.Equal("anna", await UsersAsync());
            if (calm.Has()) took.Add(elapsed);
            restarting[victim] = nodes.RestartAsync(victim);
        }
        await Task.WhenAll(restarting);
        TestContext.Current.TestOutputHelper?.WriteLine($"told after {took.Min().TotalMilliseconds:0} to {took.Max().TotalMilliseconds:0} ms; {calm.Interruptions} deaths not timed");
        Assert.All(took, elapsed => Assert.InRange(elapsed, TimeSpan.Zero, Told));
        Assert.DoesNotContain(await anna.DrainAsync(), frame => frame.Type() == "presence");

        async Task PresenceAsync(string action, int death)
        {
            var frame = await anna.ReceiveAsync("presence");
            Assert.Equal((action, $"ghost{death}"), ((string?)frame["action"], (string?)frame["user"]));
        }

        async Task<string> UsersAsync()
        {
            using var http = nodes[0].Client(nodes[0].Token("anna"));
            var present = JsonNode.Parse(await http.GetStringAsync($"/v1/channels/{Channel}/presence", Cancelled))!;
            return string.Join(", ", present["users"]!.AsArray().Select(user => (string)user!["user"]!));
        }
    }

    [Fact]
    public async Task Of_fifty_simultaneous_logins_exactly_three_stay_and_a_killed_nodes_place_is_free_after_its_lease()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(redis.NodeUrl, Settings);
        for (var round = 0; round < 5; round++)
        {
            var logins = await Task.WhenAll(Enumerable.Range(0, Logins).Select(i => nodes[i % nodes.Count].TryConnectAsync($"user{round}")));
            var open = logins.OfType<WireClient>().ToList();
            Assert.Equal(Allowed, open.Count);
            foreach (var client in open) await client.DisposeAsync();
        }

        var calm = new Calm(nodes[0]);
        TimeSpan took;
        var death = 0;
        do
        {
            took = await FreeAsync(nodes, 1 + (death % 2), $"dead{death}");
            await nodes.RestartAsync(1 + (death++ % 2));
        }
        while (!calm.Has());
        TestContext.Current.TestOutputHelper?.WriteLine($"free after {took.TotalMilliseconds:0} ms; {calm.Interruptions} deaths not timed");
        Assert.InRange(took, TimeSpan.Zero, Told);
    }

    /// <summary>Kills a node that has all the connections that a user may have.</summary>
    /// <returns>How long it took until the user could come to another.</returns>
    private static async Task<TimeSpan> FreeAsync(NodeProcesses nodes, int victim, string user)
    {
        var held = new List<WireClient?>();
        for (var i = 0; i < Allowed; i++) held.Add(await nodes[victim].TryConnectAsync(user));
        Assert.DoesNotContain(null, held);
        Assert.Null(await nodes[0].TryConnectAsync(user));
        var watch = Stopwatch.StartNew();
        nodes[victim].Kill();
        await Eventually.TrueAsync("the dead node's connections are not counted", async () =>
        {
            held.Add(await nodes[0].TryConnectAsync(user));
            return held[^1] is not null;
        });
        var took = watch.Elapsed;
        foreach (var client in held.OfType<WireClient>()) await client.DisposeAsync();
        return took;
    }

    /// <summary>
    /// Whether a node could judge a death at once. It cannot after its own start, nor after a moment in which it was held up, as it
    /// says in its log: it judges none before it has had Redis for four seconds. So the next death is not timed either.
    /// </summary>
    private sealed class Calm(ServerProcess node)
    {
        private int _atLast;
        private int _before = -1;

        /// <summary>The deaths that were not timed.</summary>
        public int Interruptions { get; private set; }

        /// <summary>Asked after each death.</summary>
        public bool Has()
        {
            var heldUp = node.Process.Output.Count(line => line.Contains("held up", StringComparison.Ordinal));
            var isCalm = heldUp == _before;
            (_before, _atLast) = (_atLast, heldUp);
            if (!isCalm) Assert.InRange(++Interruptions, 1, Deaths);
            return isCalm;
        }
    }
}
