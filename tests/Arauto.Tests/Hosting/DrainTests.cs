using System.Diagnostics;
using Arauto.Hubs;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Hosting;

public sealed class DrainTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_stops_asks_its_clients_to_move_and_closes_who_stays()
    {
        await using var node = await StartAsync(deadline: 10);
        using var http = node.Client();
        using (var ready = await http.GetAsync("/readyz", Cancelled)) Assert.Equal(200, (int)ready.StatusCode);
        await using var stays = await node.ConnectAsync("alice");
        await using var unknown = await WireClient.ConnectAsync(node.WebSocket, null);
        await Eventually.TrueAsync("both are there", () => node.Get<Hub>().ConnectionCount == 2);

        var stopping = node.StopAsync();

        var move = await stays.ReceiveAsync("move");
        Assert.InRange((double)move["after"]!, 0, 5);
        Assert.Equal("draining", (string?)move["reason"]);
        await unknown.ReceiveAsync("move");
        using (var ready = await http.GetAsync("/readyz", Cancelled))
        {
            Assert.Equal(503, (int)ready.StatusCode);
            Assert.Equal("draining", (string?)(await ready.JsonAsync())["dependencies"]!["node"]);
        }
        using (var live = await http.GetAsync("/healthz", Cancelled)) Assert.Equal(200, (int)live.StatusCode);
        using (var refused = await node.HandshakeAsync(node.Token("bob")))
        {
            await refused.IsErrorAsync(503, "unavailable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        // Until the deadline a client is served as always.
        (await stays.PublishAsync("public:a", 1)).IsReply();

        Assert.Equal((1001, "going_away"), (await stays.ReadToEndAsync()) is var end ? (end.Code, end.Reason) : default);
        Assert.Equal(1001, (await unknown.ReadToEndAsync()).Code);
        await stopping;
    }

    [Fact]
    public async Task A_node_that_everybody_has_left_does_not_wait_for_the_deadline()
    {
        await using var node = await StartAsync(deadline: 25);
        var clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => node.ConnectAsync($"user{i}")));
        await Eventually.TrueAsync("all are there", () => node.Get<Hub>().ConnectionCount == 5);
        var watch = Stopwatch.StartNew();
        var stopping = node.StopAsync();

        foreach (var client in clients)
        {
            await client.ReceiveAsync("move");
            await client.DisposeAsync();
        }
        await stopping;

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 15);
    }

    private static Task<TestNode> StartAsync(int deadline) => TestNode.StartAsync(options =>
    {
        options.Drain.SpreadSeconds = 0;
        options.Drain.DeadlineSeconds = deadline;
    });
}
