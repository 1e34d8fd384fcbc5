using System.Text.Json.Nodes;
using Arauto.Feeds;
using Arauto.Logs.Island;
using Arauto.Logs.Memory;
using Arauto.Tests.Connections;
using Arauto.Tests.Logs;
using Arauto.Tests.Support;

namespace Arauto.Tests.Feeds;

/// <summary>A log that goes on in another epoch: who has what survived goes on without a word, who has more is told.</summary>
public sealed class ForkTests : IAsyncDisposable
{
    private const string Channel = "public:fork";
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ForkingLog _log = new();
    private readonly ControlledStore _store;

    public ForkTests() => _store = new ControlledStore(_log);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscribers_who_have_what_survived_go_on_without_a_gap(bool isHinted)
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await AppendAsync(node, 3);
        await ExpectAsync(client, 1, 3);
        _log.Fork(Channel, 3);

        if (isHinted) await AppendAsync(node, 2);
        else
        {
            for (var i = 0; i < 2; i++) await _store.AppendAsync(Channel);
            _time.Advance(FeedRegistry.CompareInterval);
        }

        await ExpectAsync(client, 4, 5);
    }

    [Fact]
    public async Task Subscribers_who_saw_what_was_lost_are_told_and_get_what_came_instead()
    {
        await using var node = await StartAsync();
        await using var client = await node.SubscribedAsync("alice", Channel);
        await AppendAsync(node, 5);
        await ExpectAsync(client, 1, 5);
        _log.Fork(Channel, 3);

        await AppendAsync(node, 1);

        var gap = await client.ReceiveAsync();
        Assert.Equal(("gap", 0, 0, "epoch_changed"), (gap.Type(), (long)gap["from"]!, (long)gap["to"]!, (string)gap["reason"]!));
        await ExpectAsync(client, 4, 4);
    }

    [Fact]
    public async Task A_cursor_from_before_two_forks_resumes()
    {
        await using var node = await StartAsync();
        var cursor = await CursorAtAsync(node, 4);
        _log.Fork(Channel, 4);
        await AppendAsync(node, 2);
        _log.Fork(Channel, 5);
        await AppendAsync(node, 2);

        await using var client = await node.ConnectAsync("bob");
        Assert.True((bool)(await client.SubscribeAsync(Channel, cursor)).IsReply()["resumed"]!);

        await ExpectAsync(client, 5, 7);
    }

    [Fact]
    public async Task A_cursor_of_a_lost_message_gets_a_gap_and_only_what_it_does_not_have()
    {
        await using var node = await StartAsync();
        var cursor = await CursorAtAsync(node, 4);
        _log.Fork(Channel, 2);
        await AppendAsync(node, 3);

        await using var client = await node.ConnectAsync("bob");
        Assert.False((bool)(await client.SubscribeAsync(Channel, cursor)).IsReply()["resumed"]!);

        Assert.Equal("epoch_changed", (string?)(await client.ReceiveAsync())["reason"]);
        await ExpectAsync(client, 3, 5);
    }

    [Fact]
    public async Task A_feed_that_is_still_before_the_fork_brings_nothing_twice_to_a_replay_that_is_behind_it()
    {
        await using var node = await StartAsync();
        await using var live = await node.ConnectAsync("alice");
        var cursor = (await live.SubscribeAsync(Channel)).Cursor();
        await AppendAsync(node, 1);
        await ExpectAsync(live, 1, 1);
        var second = await _store.AppendAsync(Channel);
        _log.Fork(Channel, 2);
        await _store.AppendAsync(Channel);
        await using var resumed = await node.ConnectAsync("bob");
        Assert.True((bool)(await resumed.SubscribeAsync(Channel, cursor)).IsReply()["resumed"]!);
        await ExpectAsync(resumed, 1, 3);

        node.Get<FeedRegistry>().Hint(second);
        await ExpectAsync(live, 2, 2);
        _time.Advance(FeedRegistry.CompareInterval);

        await ExpectAsync(live, 3, 3);
        await AppendAsync(node, 1);
        await ExpectAsync(resumed, 4, 4);
    }

    [Fact]
    public async Task Pages_of_history_are_found_by_cursors_from_before_the_fork()
    {
        await using var node = await StartAsync();
        var kept = await CursorAtAsync(node, 3);
        var lost = await CursorAtAsync(node, 3);
        _log.Fork(Channel, 4);
        await AppendAsync(node, 2);
        await using var client = await node.ConnectAsync("bob");

        Assert.Equal([4, 5, 6], await HistoryAsync(client, new { type = "history", channel = Channel, after = kept }));
        Assert.Equal([5, 6], await HistoryAsync(client, new { type = "history", channel = Channel, after = lost }));
        Assert.Equal([1, 2], await HistoryAsync(client, new { type = "history", channel = Channel, before = kept }));
        Assert.Equal([1, 2, 3, 4], await HistoryAsync(client, new { type = "history", channel = Channel, before = lost }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_cursors_from_before_and_after_a_fork_the_further_one_counts(bool isNewerFirst)
    {
        await using var node = await StartAsync();
        var older = await CursorAtAsync(node, 2);
        _log.Fork(Channel, 2);
        var newer = await CursorAtAsync(node, 2);
        await _store.AppendAsync(Channel);
        using var http = node.Client("bob");

        var since = isNewerFirst ? $"{newer},{older}" : $"{older},{newer}";
        var answer = JsonNode.Parse(await http.GetStringAsync(new Uri($"/poll?channels={Channel}&since={since}&wait=0", UriKind.Relative), TestContext.Current.CancellationToken))!;

        Assert.Equal([5], answer["messages"]!.AsArray().Select(message => ((JsonObject)message!).Offset()));
    }

    [Fact]
    public async Task A_replay_in_an_epoch_of_the_node_alone_does_not_keep_a_subscription_from_the_shared_one()
    {
        var watch = new SwitchedWatch(_time);
        FeedRegistry? feeds = null;
        using var island = new IslandLog(_log, watch, channel => feeds?.Find(channel)?.Current, new MemoryLogOptions(), _time);
        await using var store = new ControlledStore(island);
        await using var node = await TestNode.StartAsync(null, store, _time);
        feeds = node.Get<FeedRegistry>();
        await using var live = await node.SubscribedAsync("alice", Channel);
        for (var i = 0; i < 3; i++) feeds.Hint(await store.AppendAsync(Channel));
        await ExpectAsync(live, 1, 3);
        watch.IsAway = true;
        feeds.Hint(await store.AppendAsync(Channel));
        var fourth = await live.ReceiveAsync("n");
        feeds.Hint(await store.AppendAsync(Channel));
        await ExpectAsync(live, 5, 5);
        await using var resumed = await node.ConnectAsync("bob");
        Assert.True((bool)(await resumed.SubscribeAsync(Channel, (string)fourth["cursor"]!)).IsReply()["resumed"]!);
        await ExpectAsync(resumed, 5, 5);
        watch.IsAway = false;
        await store.AppendAsync(Channel);

        _time.Advance(FeedRegistry.CompareInterval);

        foreach (var client in new[] { live, resumed })
        {
            Assert.Equal("epoch_changed", (string?)(await client.ReceiveAsync())["reason"]);
            await ExpectAsync(client, 4, 4);
        }
    }

    private Task<TestNode> StartAsync() => TestNode.StartAsync(null, _store, _time);

    /// <summary>Appends, and gives the cursor of a client that has it all.</summary>
    private async Task<string> CursorAtAsync(TestNode node, int messages)
    {
        for (var i = 0; i < messages; i++) await _store.AppendAsync(Channel);
        await using var client = await node.ConnectAsync("carol");
        var page = await client.AskAsync(new { type = "history", channel = Channel });
        return (string)page["cursor"]!;
    }

    private async Task AppendAsync(TestNode node, int messages)
    {
        for (var i = 0; i < messages; i++) node.Get<FeedRegistry>().Hint(await _store.AppendAsync(Channel));
    }

    private static async Task<IEnumerable<long>> HistoryAsync(WireClient client, object command) =>
        (await client.AskAsync(command))["messages"]!.AsArray().Select(message => ((JsonObject)message!).Offset());

    private static async Task ExpectAsync(WireClient client, long first, long last)
    {
        for (var offset = first; offset <= last; offset++)
        {
            var frame = await client.ReceiveAsync();
            Assert.Equal(("n", offset), (frame.Type(), frame.Offset()));
        }
    }
}
