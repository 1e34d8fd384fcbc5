using Arauto.Feeds;
using Arauto.Logs;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Feeds;

public sealed class FeedTests : IAsyncDisposable
{
    private const string Channel = "public:feed";
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ControlledStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Hints_out_of_order_and_doubled_arrive_once_and_in_order()
    {
        var random = Seed.CreateRandom();
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        var hints = new List<Arauto.Protocols.SharedFrame>();
        for (var i = 0; i < 200; i++) hints.Add(await _store.AppendAsync(Channel));
        var doubled = hints.Concat(hints.Take(100)).ToArray();
        random.Shuffle(doubled);

        foreach (var hint in doubled) node.Get<FeedRegistry>().Hint(hint);

        await ExpectAsync(client, 1, 200);
        Assert.Empty(Messages(await client.DrainAsync()));
    }

    [Fact]
    public async Task A_lost_hint_is_made_up_for_by_the_next_one()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await _store.AppendAsync(Channel);
        await _store.AppendAsync(Channel);

        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));

        await ExpectAsync(client, 1, 3);
    }

    [Fact]
    public async Task A_last_hint_that_is_lost_is_made_up_for_by_the_comparison()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        for (var i = 0; i < 600; i++) await _store.AppendAsync(Channel);

        _time.Advance(FeedRegistry.CompareInterval);

        await ExpectAsync(client, 1, 600);
    }

    [Fact]
    public async Task A_hint_that_comes_while_the_hole_is_read_does_not_wait_for_the_comparison()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await _store.AppendAsync(Channel);
        var second = await _store.AppendAsync(Channel);
        _store.Controlled.HoldReads();
        node.Get<FeedRegistry>().Hint(second);
        await Eventually.TrueAsync("the hole is being read", () => _store.Controlled.Held == 1);

        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));
        _store.Controlled.Release();

        await ExpectAsync(client, 1, 3);
    }

    [Fact]
    public async Task A_hint_above_the_log_does_not_keep_the_feed_reading()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        var first = await _store.AppendAsync(Channel);
        var message = first.Message!;
        var lie = new Arauto.Protocols.SharedFrame(new Arauto.Protocol.Frames.MessageFrame
        {
            Event = "n",
            Channel = Channel,
            Data = message.Data,
            Timestamp = message.Timestamp,
            Id = message.Id,
            Position = message.Position with { Offset = 1000 },
        });

        node.Get<FeedRegistry>().Hint(lie);
        await ExpectAsync(client, 1, 1);
        var reads = _store.Controlled.Reads;
        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));

        await ExpectAsync(client, 2, 2);
        Assert.InRange(_store.Controlled.Reads - reads, 0, 2);
    }

    [Fact]
    public async Task A_log_that_is_away_for_a_while_heals()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await _store.AppendAsync(Channel);
        _store.Controlled.IsAway = true;
        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));
        _time.Advance(FeedRegistry.CompareInterval);
        (await client.PublishAsync(Channel)).IsError("unavailable");
        Assert.Empty(Messages(await client.DrainAsync()));

        _store.Controlled.IsAway = false;
        await Eventually.TrueAsync("the feed has caught up", () =>
        {
            _time.Advance(FeedRegistry.CompareInterval);
            return node.Get<FeedRegistry>().Find(Channel)!.Current?.Offset == 2;
        });

        await ExpectAsync(client, 1, 2);
    }

    [Fact]
    public async Task A_log_that_breaks_its_contract_does_not_end_the_comparison()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await _store.AppendAsync(Channel);
        _store.Controlled.IsBroken = true;
        var reads = _store.Controlled.Reads;
        _time.Advance(FeedRegistry.CompareInterval);
        await Eventually.TrueAsync("the comparison failed", () => _store.Controlled.Reads > reads);

        _store.Controlled.IsBroken = false;
        await Eventually.TrueAsync("the feed has caught up", () =>
        {
            _time.Advance(FeedRegistry.CompareInterval);
            return node.Get<FeedRegistry>().Find(Channel)!.Current?.Offset == 1;
        });

        await ExpectAsync(client, 1, 1);
    }

    [Fact]
    public async Task One_log_that_is_away_does_not_keep_the_feeds_of_the_other_from_healing()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels["updates"].Durable = false, _store, _time);
        await using var client = await node.SubscribedAsync("alice", Channel);
        await client.SubscribeAsync("updates");
        var rules = node.Get<Arauto.Channels.ChannelRules>();
        Assert.True(rules.TryFind("updates", out var rule));
        _store.Controlled.IsAway = true;
        await rule.Log.AppendAsync(
            new AppendRequest { Channel = "updates", Event = "n", Data = "1"u8.ToArray(), Timestamp = _time.GetUtcNow(), Id = Guid.CreateVersion7(), CorrelationId = "c", Retention = default },
            CancellationToken.None);

        _time.Advance(FeedRegistry.CompareInterval);

        Assert.Equal(1, (await client.ReceiveAsync("n")).Offset());
    }

    [Fact]
    public async Task What_was_trimmed_before_the_feed_could_read_it_is_announced_exactly()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));
        await ExpectAsync(client, 1, 1);
        for (var i = 0; i < 9; i++) await _store.AppendAsync(Channel, new Retention(4, TimeSpan.Zero));

        _time.Advance(FeedRegistry.CompareInterval);

        var gap = await client.ReceiveAsync();
        Assert.Equal(("gap", 2, 6, "trimmed"), (gap.Type(), (long)gap["from"]!, (long)gap["to"]!, (string)gap["reason"]!));
        await ExpectAsync(client, 7, 10);
    }

    [Fact]
    public async Task A_channel_that_starts_anew_is_announced_and_goes_on()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));
        await ExpectAsync(client, 1, 1);
        await _store.Plain.ResetAsync(Channel, CancellationToken.None);

        node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));

        Assert.Equal("epoch_changed", (string?)(await client.ReceiveAsync("gap"))["reason"]);
        await ExpectAsync(client, 1, 1);
    }

    [Fact]
    public async Task What_was_trimmed_from_a_channel_that_got_a_new_epoch_while_it_was_empty_is_announced()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await _store.Plain.ResetAsync(Channel, CancellationToken.None);
        for (var i = 0; i < 10; i++) await _store.AppendAsync(Channel, new Retention(4, TimeSpan.Zero));

        _time.Advance(FeedRegistry.CompareInterval);

        Assert.Equal("gap", (await client.ReceiveAsync()).Type());
        await ExpectAsync(client, 7, 10);
    }

    [Fact]
    public async Task A_feed_goes_when_nobody_listens()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        Assert.Equal(1, node.Get<FeedRegistry>().Count);
        (await client.UnsubscribeAsync(Channel)).IsReply();

        _time.Advance(FeedRegistry.CompareInterval);

        await Eventually.TrueAsync("the feed is gone", () => node.Get<FeedRegistry>().Count == 0);
        await client.SubscribeAsync(Channel);
        await client.PublishAsync(Channel, 1, "n");
        await ExpectAsync(client, 1, 1);
    }

    [Fact]
    public async Task A_subscription_whose_log_is_away_is_refused_and_leaves_nothing_behind()
    {
        await using var node = await StartAsync();
        await using var client = await node.ConnectAsync("alice");
        _store.Controlled.IsAway = true;
        (await client.SubscribeAsync(Channel)).IsError("unavailable");
        _store.Controlled.IsAway = false;

        (await client.SubscribeAsync(Channel)).IsReply();
        await client.PublishAsync(Channel, 1, "n");

        await ExpectAsync(client, 1, 1);
    }

    private Task<TestNode> StartAsync() => TestNode.StartAsync(null, _store, _time);

    private static async Task ExpectAsync(WireClient client, long first, long last)
    {
        for (var offset = first; offset <= last; offset++) Assert.Equal(offset, (await client.ReceiveAsync("n")).Offset());
    }

    private static IEnumerable<System.Text.Json.Nodes.JsonObject> Messages(IReadOnlyList<System.Text.Json.Nodes.JsonObject> frames) =>
        frames.Where(frame => frame.Type() is "n" or "gap");
}
