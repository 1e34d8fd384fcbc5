using Arauto.Channels;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>A client of an event stream stops reading, far beyond what the kernels' buffers and the queue hold.</summary>
public sealed class EventStreamSlowConsumerTests
{
    private const string Channel = "public:flood";
    private const int Messages = 300;
    private static readonly string Payload = $"\"{new string('x', 60_000)}\"";

    [Theory]
    [InlineData(Channel)]
    [InlineData($"{Channel},public:quiet")]
    public async Task One_that_does_not_read_is_cut_off_and_resumes_without_loss(string channels)
    {
        await using var node = await StartAsync(SlowConsumerPolicy.Disconnect);
        await using var fast = await FastAsync(node);
        using var slow = await node.FollowAsync("slow", channels);

        await FloodAsync(node, fast);

        await Eventually.TrueAsync("the slow one is cut off", () => node.Metrics()["""arauto_connections_closed_total{reason="slow_consumer"}"""] == 1);
        // In order or not: the kernels may have taken the last write after all.
        var read = await slow.ReadToEndAsync();
        Assert.InRange(read.Count, 1, Messages - 1);
        Assert.Equal(Enumerable.Range(1, read.Count), read.Select(message => (int)message.Json.Offset()));

        using var back = await node.FollowAsync("slow", channels, lastEventId: slow.LastEventId);
        for (var offset = read.Count + 1; offset <= Messages; offset++) Assert.Equal(offset, (await back.MessageAsync()).Json.Offset());
    }

    [Theory]
    [InlineData(SlowConsumerPolicy.DropOldest, "slow_consumer", Channel)]
    [InlineData(SlowConsumerPolicy.DropOldest, "slow_consumer", $"{Channel},public:quiet")]
    [InlineData(SlowConsumerPolicy.Conflate, "conflated", Channel)]
    public async Task Where_messages_may_be_dropped_each_is_delivered_or_announced_with_an_id(SlowConsumerPolicy policy, string reason, string channels)
    {
        await using var node = await StartAsync(policy);
        await using var fast = await FastAsync(node);
        using var slow = await node.FollowAsync("slow", channels);

        await FloodAsync(node, fast);

        var last = 0L;
        var dropped = 0L;
        var announced = "";
        while (last < Messages)
        {
            var next = await slow.MessageAsync();
            if (next.Json.Type() == "gap")
            {
                Assert.Equal((Channel, reason, last + 1), ((string)next.Json["channel"]!, (string)next.Json["reason"]!, (long)next.Json["from"]!));
                dropped += (long)next.Json["to"]! - last;
                last = (long)next.Json["to"]!;
                announced = next.Id;
            }
            else Assert.Equal(++last, next.Json.Offset());
            Assert.Equal(last, next.Id.PlaceIn(Channel));
        }
        Assert.InRange(dropped, Messages / 8, Messages - 3);

        // The log has them all, but the client was told; behind the gap's id it does not come again.
        using var back = await node.FollowAsync("slow", channels, lastEventId: announced);
        Assert.Equal(announced.PlaceIn(Channel) + 1, (await back.MessageAsync()).Json.Offset());
    }

    private static Task<TestNode> StartAsync(SlowConsumerPolicy policy) => TestNode.StartAsync(options =>
    {
        options.Channels["public:"].SlowConsumer = policy;
        options.Channels["public:"].Presence = false;
    });

    private static async Task<WireClient> FastAsync(TestNode node)
    {
        var fast = await node.ConnectAsync("fast");
        await fast.SubscribeAsync(Channel);
        return fast;
    }

    /// <summary>At the pace of the one that reads, so that only the other is slow.</summary>
    private static async Task FloodAsync(TestNode node, WireClient fast)
    {
        for (var i = 1; i <= Messages; i++)
        {
            await node.PublishAsync(Channel, Payload, $"e{i % 3}");
            Assert.Equal(i, (await fast.ReceiveAsync()).Offset());
        }
    }
}
