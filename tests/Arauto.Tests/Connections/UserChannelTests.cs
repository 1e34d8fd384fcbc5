using Arauto.Feeds;
using Arauto.Hubs;
using Arauto.Publishing;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>A user's own channels reach every connection of the user by look-up.</summary>
public sealed class UserChannelTests
{
    private const string Channel = "user:alice";

    [Fact]
    public async Task Messages_reach_every_device_once_subscribed_or_not()
    {
        await using var node = await TestNode.StartAsync();
        await using var phone = await node.ConnectAsync("alice");
        await using var laptop = await node.ConnectAsync("alice", deflate: true);
        await using var tablet = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob");
        await using var service = await node.ConnectAsync("backend", service: true);
        await laptop.SubscribeAsync(Channel);
        foreach (var client in new[] { phone, tablet, bob }) await client.ReceiveAsync("connected");

        for (var i = 1; i <= 20; i++) await service.PublishAsync(i % 2 == 0 ? Channel : "notifications:alice", i, "note");

        foreach (var client in new[] { phone, tablet })
            for (var i = 1; i <= 20; i++) Assert.Equal(i, (int)(await client.ReceiveAsync("note"))["data"]!);
        for (var i = 1; i <= 20; i++) Assert.Equal(i, (int)(await laptop.ReceiveAsync("note"))["data"]!);
        foreach (var client in new[] { phone, laptop, tablet, bob }) Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "note");
    }

    [Fact]
    public async Task A_later_subscription_with_a_cursor_brings_everything_after_the_cursor_in_order()
    {
        // The clock stands: a feed that is put away and begins anew may bring once more what came in the same millisecond.
        await using var node = await TestNode.StartAsync(time: new ManualTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var service = await node.ConnectAsync("backend", service: true);
        string cursor;
        await using (var before = await node.ConnectAsync("alice"))
        {
            cursor = (await before.SubscribeAsync(Channel)).Cursor();
        }
        for (var i = 1; i <= 3; i++) await service.PublishAsync(Channel, i, "note");
        await using var client = await node.ConnectAsync("alice");
        await client.ReceiveAsync("connected");
        for (var i = 4; i <= 6; i++)
        {
            await service.PublishAsync(Channel, i, "note");
            Assert.Equal(i, (await client.ReceiveAsync("note")).Offset());
        }

        (await client.SubscribeAsync(Channel, cursor)).IsReply();
        await service.PublishAsync(Channel, 7, "note");

        for (var offset = 1; offset <= 7; offset++) Assert.Equal(offset, (await client.ReceiveAsync("note")).Offset());
        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "note");
    }

    [Fact]
    public async Task Going_back_with_a_cursor_brings_again_what_lies_behind_it()
    {
        await using var node = await TestNode.StartAsync();
        await using var service = await node.ConnectAsync("backend", service: true);
        await using var client = await node.ConnectAsync("alice");
        await client.ReceiveAsync("connected");
        await service.PublishAsync(Channel, 1, "note");
        await client.ReceiveAsync("note");
        var one = (await client.SubscribeAsync(Channel)).Cursor();
        await service.PublishAsync(Channel, 2, "note");
        await client.ReceiveAsync("note");
        await client.UnsubscribeAsync(Channel);
        await service.PublishAsync(Channel, 3, "note");
        await client.ReceiveAsync("note");

        await client.SubscribeAsync(Channel, one);

        // By the cursor the client says that it has 1 and nothing after it.
        Assert.Equal(2, (await client.ReceiveAsync("note")).Offset());
        Assert.Equal(3, (await client.ReceiveAsync("note")).Offset());
        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "note");
    }

    [Fact]
    public async Task A_message_on_its_way_is_not_lost_to_a_subscription_that_overtakes_it()
    {
        await using var node = await TestNode.StartAsync(options => options.Lanes = 1);
        await using var service = await node.ConnectAsync("backend", service: true);
        await using var client = await node.ConnectAsync("alice");
        await client.ReceiveAsync("connected");
        await service.PublishAsync(Channel, 1, "note");
        await client.ReceiveAsync("note");
        var connection = node.Get<Hub>().ConnectionsOf("alice").Single();
        using (await LaneBlock.HoldAsync(node))
        {
            // Straight into the lane's inbox, so that the command stands in front of the delivery.
            await connection.ReceiveAsync("""{"type":"subscribe","id":1001,"channel":"user:alice"}"""u8, isBinary: false);
            await node.Get<IPublisher>().PublishAsync(new PublishRequest { Channel = Channel, Event = "note", Data = "2"u8.ToArray() }, CancellationToken.None);
        }

        Assert.Equal(2, (await client.ReceiveAsync("note")).Offset());
        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "note");
    }

    [Fact]
    public async Task A_message_that_meets_the_start_of_the_feed_reaches_the_devices_that_did_not_subscribe()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        await using var phone = await node.ConnectAsync("alice");
        await using var laptop = await node.ConnectAsync("alice");
        await phone.ReceiveAsync("connected");
        var tops = store.Controlled;
        var appended = store.AppendAsync(Channel);
        tops.HoldReads();
        await laptop.SendAsync(new { type = "subscribe", id = 1001, channel = Channel });
        await Eventually.TrueAsync("the feed starts", () => tops.Held == 1);
        // Appended in front of the read, told during it.
        node.Get<FeedRegistry>().Hint(await appended);
        tops.Release();

        Assert.Equal(1, (await phone.ReceiveAsync("n")).Offset());
        Assert.Equal(1, (await laptop.ReceiveAsync("n")).Offset());
        foreach (var client in new[] { phone, laptop }) Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "n");
    }

    [Fact]
    public async Task The_first_messages_of_a_user_are_not_lost_when_their_hints_come_out_of_order()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(null, store);
        for (var i = 0; i < 5; i++) await store.AppendAsync(Channel, timestamp: TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1));
        await using var phone = await node.ConnectAsync("alice");
        await phone.ReceiveAsync("connected");
        var sixth = await store.AppendAsync(Channel);
        var seventh = await store.AppendAsync(Channel);

        node.Get<FeedRegistry>().Hint(seventh);
        node.Get<FeedRegistry>().Hint(sixth);

        Assert.Equal(6, (await phone.ReceiveAsync("n")).Offset());
        Assert.Equal(7, (await phone.ReceiveAsync("n")).Offset());
        Assert.DoesNotContain(await phone.DrainAsync(), frame => frame.Type() == "n");
    }
}
