using System.Text.Json.Nodes;
using Arauto.Channels;
using Arauto.Publishing;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Connections;

/// <summary>A client on a bare socket stops reading, far beyond what the kernels' buffers and the queue hold.</summary>
public sealed class SlowConsumerTests
{
    private const string Channel = "public:flood";
    private const int Messages = 400;
    private const int MessageBytes = 60_000;

    [Fact]
    public async Task One_that_does_not_read_is_disconnected_and_resumes_without_loss()
    {
        await using var node = await StartAsync(SlowConsumerPolicy.Disconnect);
        await using var fast = await node.ConnectAsync("fast");
        await fast.SubscribeAsync(Channel);
        using var slow = await SubscribedAsync(node);

        await FloodAsync(node, fast);

        var last = 0L;
        var cursor = "";
        while (await slow.ReadFrameAsync() is var (first, payload))
        {
            if (first == 0x88)
            {
                Assert.Equal(4006, (payload[0] << 8) | payload[1]);
                break;
            }
            var message = JsonNode.Parse(payload)!.AsObject();
            Assert.Equal(++last, message.Offset());
            cursor = message.Cursor();
        }
        Assert.InRange(last, 1, Messages - 1);

        await using var back = await node.ConnectAsync("slow");
        Assert.True((bool)(await back.SubscribeAsync(Channel, cursor)).IsReply()["resumed"]!);
        for (var offset = last + 1; offset <= Messages; offset++) Assert.Equal(offset, (await back.ReceiveAsync()).Offset());
    }

    [Theory]
    [InlineData(SlowConsumerPolicy.DropOldest, "slow_consumer")]
    [InlineData(SlowConsumerPolicy.Conflate, "conflated")]
    public async Task Where_messages_may_be_dropped_each_is_delivered_or_announced(SlowConsumerPolicy policy, string reason)
    {
        await using var node = await StartAsync(policy);
        await using var fast = await node.ConnectAsync("fast");
        await fast.SubscribeAsync(Channel);
        using var slow = await SubscribedAsync(node);

        await FloodAsync(node, fast);

        var last = 0L;
        var dropped = 0L;
        var newest = new Dictionary<string, long>();
        while (last < Messages)
        {
            var frame = JsonNode.Parse((await slow.ReadTextAsync())!)!.AsObject();
            if (frame.Type() == "gap")
            {
                Assert.Equal((Channel, reason), ((string)frame["channel"]!, (string)frame["reason"]!));
                Assert.Equal(last + 1, (long)frame["from"]!);
                dropped += (long)frame["to"]! - last;
                last = (long)frame["to"]!;
                continue;
            }
            Assert.Equal(++last, frame.Offset());
            newest[frame.Type()] = last;
        }
        Assert.InRange(dropped, Messages / 8, Messages - 3);
        // Conflation keeps the newest of each event.
        if (policy == SlowConsumerPolicy.Conflate) Assert.Equal([Messages - 2, Messages - 1, Messages], newest.Values.Order());
    }

    /// <summary>Its clock stands: no heartbeat among the messages, and who is closed is not cut off before it has read.</summary>
    private static Task<TestNode> StartAsync(SlowConsumerPolicy policy) => TestNode.StartAsync(options =>
    {
        // On a lane of its own the slow one would fall behind the fast one by as much as the machine is busy.
        options.Lanes = 1;
        options.Channels["public:"].SlowConsumer = policy;
        options.Channels["public:"].Presence = false;
    }, time: new ManualTimeProvider(TimeProvider.System.GetUtcNow()));

    private static async Task<RawWebSocket> SubscribedAsync(TestNode node)
    {
        var slow = await RawWebSocket.OpenAsync(node.Http.Port, $"Authorization: Bearer {node.Token("slow")}\r\n");
        await slow.SendAsync(ClientFrame.Text($$"""{"type":"subscribe","id":1,"channel":"{{Channel}}"}"""));
        string? text;
        do text = await slow.ReadTextAsync();
        while (text is not null && !text.Contains("\"reply\"", StringComparison.Ordinal));
        return slow;
    }

    /// <summary>At the pace of the one that reads, so that only the other is slow.</summary>
    private static async Task FloodAsync(TestNode node, WireClient fast)
    {
        var data = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', MessageBytes)}\"");
        for (var i = 1; i <= Messages; i++)
        {
            var result = await node.Get<IPublisher>().PublishAsync(new PublishRequest { Channel = Channel, Event = $"e{i % 3}", Data = data }, CancellationToken.None);
            Assert.True(result.IsPublished);
            Assert.Equal(i, (await fast.ReceiveAsync()).Offset());
        }
    }
}
