using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
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

    /// <summary>What Redis believes ends a quarter of the lease earlier, and so often the others look; the rest is what a busy machine needs to send a frame.</summary>
    private static readonly TimeSpan Told = Lease + TimeSpan.FromSeconds(0.5);

    /// <summary>A node that was itself held up for a moment, as by fifty logins on a busy machine, takes four seconds before it judges.</summary>
    private static readonly TimeSpan ToldAfterHoldUp = Told + TimeSpan.FromSeconds(5);

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
        // The first is not timed: the watching node judges none before it has had Redis for four seconds.
        for (var death = 0; death <= Deaths; death++)
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
            if (death > 0) took.Add(watch.Elapsed);
            Assert.Equal("anna", await UsersAsync());
            restarting[victim] = nodes.RestartAsync(victim);
        }
        await Task.WhenAll(restarting);
        TestContext.Current.TestOutputHelper?.WriteLine($"told after {took.Min().TotalMilliseconds:0} to {took.Max().TotalMilliseconds:0} ms");
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
            var logins = await Task.WhenAll(Enumerable.Range(0, Logins).Select(i => TryConnectAsync(nodes[i % nodes.Count], $"user{round}")));
            var open = logins.OfType<WireClient>().ToList();
            Assert.Equal(Allowed, open.Count);
            foreach (var client in open) await client.DisposeAsync();
        }

        // As above, the first death is not timed.
        await FreeAsync(nodes, 1, "first");
        var took = await FreeAsync(nodes, 2, "second");
        TestContext.Current.TestOutputHelper?.WriteLine($"free after {took.TotalMilliseconds:0} ms");
        Assert.InRange(took, TimeSpan.Zero, ToldAfterHoldUp);
    }

    /// <summary>Kills a node that has all the connections that a user may have.</summary>
    /// <returns>How long it took until the user could come to another.</returns>
    private static async Task<TimeSpan> FreeAsync(NodeProcesses nodes, int victim, string user)
    {
        var held = new List<WireClient?>();
        for (var i = 0; i < Allowed; i++) held.Add(await TryConnectAsync(nodes[victim], user));
        Assert.DoesNotContain(null, held);
        Assert.Null(await TryConnectAsync(nodes[0], user));
        var watch = Stopwatch.StartNew();
        nodes[victim].Kill();
        await Eventually.TrueAsync("the dead node's connections are not counted", async () =>
        {
            held.Add(await TryConnectAsync(nodes[0], user));
            return held[^1] is not null;
        });
        var took = watch.Elapsed;
        foreach (var client in held.OfType<WireClient>()) await client.DisposeAsync();
        return took;
    }

    /// <returns><see langword="null"/> if the user has too many connections.</returns>
    private static async Task<WireClient?> TryConnectAsync(INode node, string user)
    {
        try
        {
            var client = await node.ConnectAsync(user);
            await client.ReceiveAsync("connected");
            return client;
        }
        catch (WebSocketException e) when (e.Message.Contains("429", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
