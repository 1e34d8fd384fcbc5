using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Metrics;

/// <summary>What operators see of how clients get through.</summary>
public sealed class TransportMetricsTests
{
    private const string Channel = "public:a";

    [Fact]
    public async Task Connections_are_counted_by_transport()
    {
        await using var node = await TestNode.StartAsync();
        await using var webSocket = await node.ConnectAsync("alice");
        await webSocket.ReceiveAsync("connected");
        using var first = await node.FollowAsync("alice", Channel);
        using var second = await node.FollowAsync("bob", Channel);
        using var http = node.Client("carol");
        var polling = http.PollAsync(Channel);
        await Eventually.TrueAsync("all are there", () => node.Metrics()["arauto_subscriptions"] == 3);

        Assert.Equal((1, 2, 1), (Connections(node, "websocket"), Connections(node, "sse"), Connections(node, "poll")));
        Assert.Equal(1, node.Metrics()["websocket_connections_active"]);

        await node.PublishAsync(Channel);
        await polling;
        second.Reset();
        await Eventually.TrueAsync("two are gone", () => (Connections(node, "websocket"), Connections(node, "sse"), Connections(node, "poll")) == (1, 1, 0));
        Assert.Equal(4, node.Metrics()["arauto_connections_opened_total"]);
        Assert.Equal(1, node.Metrics()["""arauto_connections_closed_total{reason="broken"}"""]);
        Assert.Equal(1, node.Metrics()["""arauto_connections_closed_total{reason="normal"}"""]);
        // No transport but WebSocket has a greeting over which a handshake could be timed apart; the stream's comment is one.
        Assert.Equal(3, node.Metrics()["arauto_connect_seconds_count"]);
    }

    [Fact]
    public async Task Fallbacks_and_reconnects_are_counted_as_clients_say()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        (await node.FollowAsync("alice", Channel, more: "&previous=websocket")).Dispose();
        (await node.FollowAsync("alice", Channel, more: "&previous=sse&reconnect=true")).Dispose();
        (await node.FollowAsync("alice", Channel, more: "&previous=carrier-pigeon&reconnect=yes")).Dispose();
        await http.PollAsync(Channel, wait: "0", more: "&previous=sse&reconnect=true");
        await http.PollAsync(Channel, wait: "0", more: "&previous=poll");
        await using var back = await WireClient.ConnectAsync(new Uri($"{node.WebSocket}?previous=poll&reconnect=true"), node.Token("alice"));
        await back.ReceiveAsync("connected");
        // What is refused has not got through.
        using var refused = await http.GetAsync("/events?channels=nowhere&previous=websocket&reconnect=true", headers: []);
        await refused.IsErrorAsync(404, "unknown_channel");

        var metrics = node.Metrics();
        var fallbacks = metrics.Names.Where(name => name.StartsWith("arauto_fallback_total{", StringComparison.Ordinal)).ToDictionary(name => name["arauto_fallback_total".Length..], name => metrics[name]);
        Assert.Equal(6, fallbacks.Count);
        Assert.Equal(
            ["""{from="poll",to="websocket"}""", """{from="sse",to="poll"}""", """{from="websocket",to="sse"}"""],
            fallbacks.Where(pair => pair.Value == 1).Select(pair => pair.Key).Order());
        Assert.Equal(3, fallbacks.Values.Sum());
        foreach (var transport in new[] { "websocket", "sse", "poll" }) Assert.Equal(1, metrics[$$"""arauto_reconnects_total{transport="{{transport}}"}"""]);
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("poll")]
    public async Task Deliveries_and_their_time_are_counted(string transport)
    {
        await using var node = await TestNode.StartAsync(options => options.Lanes = 1);
        using var http = node.Client("alice");
        using var stream = transport == "sse" ? await node.FollowAsync("alice", Channel) : null;
        var polling = transport == "poll" ? http.PollAsync(Channel) : null;
        await Eventually.TrueAsync("it is there", () => node.Metrics()["arauto_subscriptions"] == 1);

        await node.PublishAsync(Channel);
        if (stream is not null) await stream.MessageAsync();
        else await polling!;

        await Eventually.TrueAsync("the turn is over", () => node.Metrics()["arauto_delivery_seconds_count"] == 1);
        Assert.Equal(1, node.Metrics()["arauto_messages_delivered_total"]);
        Assert.InRange(node.Metrics()["arauto_delivery_seconds_sum"], 0, 10);
    }

    private static double Connections(TestNode node, string transport)
    {
        var (metrics, name) = (node.Metrics(), $$"""arauto_connections{transport="{{transport}}",protocol="arauto.v1.json"}""");
        return metrics.Names.Contains(name) ? metrics[name] : 0;
    }
}
