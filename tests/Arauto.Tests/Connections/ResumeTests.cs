using System.Text.Json.Nodes;
using Arauto.Stores;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

public sealed class ResumeTests
{
    private const string Channel = "public:a";

    [Fact]
    public async Task A_client_goes_on_exactly_behind_its_cursor()
    {
        await using var node = await TestNode.StartAsync();
        await using var publisher = await node.ConnectAsync("bob");
        await using var client = await node.ConnectAsync("alice");
        var cursors = new List<string> { (await client.SubscribeAsync(Channel)).Cursor() };
        for (var i = 1; i <= 350; i++)
        {
            await publisher.PublishAsync(Channel, i);
            cursors.Add((await client.ReceiveAsync("chat")).Cursor());
        }

        foreach (var seen in new[] { 1, 99, 100, 101, 249, 349, 350 })
        {
            await using var back = await node.ConnectAsync("alice");
            var reply = (await back.SubscribeAsync(Channel, cursors[seen])).IsReply();
            Assert.Equal((true, seen), ((bool)reply["resumed"]!, (int)reply.Offset()));
            for (var offset = seen + 1; offset <= 350; offset++) Assert.Equal(offset, (await back.ReceiveAsync()).Offset());
            Assert.DoesNotContain(await back.DrainAsync(), frame => frame.Type() is "chat" or "gap");
        }
    }

    [Fact]
    public async Task A_client_that_saw_an_empty_channel_misses_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        var empty = (await client.SubscribeAsync(Channel)).Cursor();
        await client.UnsubscribeAsync(Channel);
        for (var i = 1; i <= 5; i++) await client.PublishAsync(Channel, i);

        Assert.True((bool)(await client.SubscribeAsync(Channel, empty)).IsReply()["resumed"]!);

        for (var i = 1; i <= 5; i++) Assert.Equal(i, (await client.ReceiveAsync()).Offset());
    }

    [Fact]
    public async Task Trimmed_history_is_announced_exactly()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels["public:"].HistoryMessages = 10);
        await using var client = await node.ConnectAsync("alice");
        await client.SubscribeAsync(Channel);
        await client.PublishAsync(Channel, 1);
        var cursor = (await client.ReceiveAsync("chat")).Cursor();
        await client.UnsubscribeAsync(Channel);
        for (var i = 2; i <= 30; i++) await client.PublishAsync(Channel, i);

        Assert.False((bool)(await client.SubscribeAsync(Channel, cursor)).IsReply()["resumed"]!);

        var gap = await client.ReceiveAsync();
        Assert.Equal(("gap", Channel, 2, 20, "trimmed"), (gap.Type(), (string)gap["channel"]!, (int)gap["from"]!, (int)gap["to"]!, (string)gap["reason"]!));
        for (var offset = 21; offset <= 30; offset++) Assert.Equal(offset, (await client.ReceiveAsync()).Offset());
    }

    [Fact]
    public async Task A_cursor_of_a_log_that_was_reset_gets_a_gap_and_all_that_is_kept()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        for (var i = 1; i <= 5; i++) await client.PublishAsync(Channel, i);
        var cursor = (await client.SubscribeAsync(Channel)).Cursor();
        await client.UnsubscribeAsync(Channel);
        await node.Get<IStore>().Log.ResetAsync(Channel, CancellationToken.None);
        for (var i = 1; i <= 7; i++) await client.PublishAsync(Channel, i);

        Assert.False((bool)(await client.SubscribeAsync(Channel, cursor)).IsReply()["resumed"]!);

        var gap = await client.ReceiveAsync();
        Assert.Equal(("gap", "epoch_changed"), (gap.Type(), (string)gap["reason"]!));
        for (var offset = 1; offset <= 7; offset++) Assert.Equal(offset, (await client.ReceiveAsync()).Offset());
    }

    [Fact]
    public async Task A_log_that_is_reset_during_a_replay_delivers_nothing_of_its_former_life_behind_the_gap()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        await using var client = await node.ConnectAsync("alice");
        await using var publisher = await node.ConnectAsync("bob");
        var cursor = (await client.SubscribeAsync(Channel)).Cursor();
        await client.UnsubscribeAsync(Channel);
        for (var i = 1; i <= 150; i++) await publisher.PublishAsync(Channel, i);
        store.Controlled.HoldReads();
        await client.SendAsync(new { type = "subscribe", id = 1001, channel = Channel, since = cursor });
        await Eventually.TrueAsync("the first page is being read", () => store.Controlled.Held == 1);
        // The feed is there from the first subscription, so this message arrives live and is held for the splice.
        await publisher.PublishAsync(Channel, 151);
        await store.Plain.ResetAsync(Channel, CancellationToken.None);
        await store.AppendAsync(Channel);
        store.Controlled.Release();

        var frames = new List<JsonObject>();
        while (frames.Count == 0 || !(frames[^1].Type() == "n" && frames.Exists(frame => frame.Type() == "gap"))) frames.Add(await client.ReceiveAsync());
        await publisher.PublishAsync(Channel, 2);
        frames.Add(await client.ReceiveAsync());
        frames.AddRange(await client.DrainAsync());

        var afterGap = frames.SkipWhile(frame => frame.Type() != "gap").Where(frame => frame.Type() is "n" or "chat").Select(frame => ((string)frame["epoch"]!, frame.Offset()));
        var epoch = (string)frames.Last(frame => frame.Type() == "n")["epoch"]!;
        Assert.Equal([(epoch, 1), (epoch, 2)], afterGap);
    }

    [Fact]
    public async Task An_unreadable_cursor_is_refused_and_one_of_another_channel_starts_now()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        for (var i = 1; i <= 3; i++) await client.PublishAsync(Channel, i);
        var other = (await client.SubscribeAsync("public:other")).Cursor();

        (await client.SubscribeAsync(Channel, "rubbish")).IsError("invalid_cursor");
        (await client.SubscribeAsync(Channel, other[..^1])).IsError("invalid_cursor");
        var reply = (await client.SubscribeAsync(Channel, other)).IsReply();

        Assert.Equal((false, 3L), ((bool)reply["resumed"]!, reply.Offset()));
    }

    [Fact]
    public async Task A_subscriber_may_go_back_on_the_same_connection()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        var start = (await client.SubscribeAsync(Channel)).Cursor();
        for (var i = 1; i <= 3; i++) await client.PublishAsync(Channel, i);
        for (var i = 1; i <= 3; i++) await client.ReceiveAsync("chat");

        Assert.True((bool)(await client.SubscribeAsync(Channel, start)).IsReply()["resumed"]!);

        for (var i = 1; i <= 3; i++) Assert.Equal(i, (await client.ReceiveAsync()).Offset());
        await client.PublishAsync(Channel, 4);
        Assert.Equal(4, (await client.ReceiveAsync("chat")).Offset());
    }

    [Fact]
    public async Task A_replay_larger_than_the_queue_arrives_whole()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.OutboundQueueBytes = 64 * 1024);
        await using var client = await node.ConnectAsync("alice");
        var start = (await client.SubscribeAsync(Channel)).Cursor();
        await client.UnsubscribeAsync(Channel);
        var text = new string('x', 8000);
        for (var i = 1; i <= 100; i++) await client.PublishAsync(Channel, text);

        await client.SubscribeAsync(Channel, start);
        await client.PublishAsync(Channel, "live");

        for (var i = 1; i <= 101; i++) Assert.Equal(i, (await client.ReceiveAsync("chat")).Offset());
    }

    [Fact]
    public async Task A_replay_that_the_log_cannot_finish_ends_with_an_error_and_can_be_taken_up()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        await using var client = await node.ConnectAsync("alice");
        var start = (await client.SubscribeAsync(Channel)).Cursor();
        await client.UnsubscribeAsync(Channel);
        for (var i = 1; i <= 150; i++) await client.PublishAsync(Channel, i);
        store.Controlled.HoldReads();
        await client.SendAsync(new { type = "subscribe", id = 1001, channel = Channel, since = start });
        await Eventually.TrueAsync("the first page is being read", () => store.Controlled.Held == 1);
        store.Controlled.IsAway = true;
        store.Controlled.Release();

        Assert.Equal(1001, (long)(await client.ReceiveAsync()).IsError("unavailable")["id"]!);
        store.Controlled.IsAway = false;

        Assert.True((bool)(await client.SubscribeAsync(Channel, start)).IsReply()["resumed"]!);
        for (var i = 1; i <= 150; i++) Assert.Equal(i, (await client.ReceiveAsync()).Offset());
    }
}
