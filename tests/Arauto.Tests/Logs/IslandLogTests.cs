using Arauto.Logs;
using Arauto.Logs.Island;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;
using Arauto.Tests.Feeds;

namespace Arauto.Tests.Logs;

public sealed class IslandLogTests : ChannelLogConformance
{
    private const string Channel = "room:a";

    private readonly Dictionary<string, Position> _delivered = [];
    private MemoryChannelLog? _home;
    private SwitchedWatch? _watch;
    private readonly MemoryLogOptions _options = new() { IdempotencyWindow = KeyWindow };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_shared_log_is_away_a_channel_goes_on_here_without_a_gap()
    {
        var last = await DeliverManyAsync(3);
        IsAway = true;
        var result = await AppendAsync(Channel);
        var first = result.Position;

        Assert.Equal((true, false), (result.IsLocal, result.IsDurable));
        Assert.NotEqual(last.Epoch, first.Epoch);
        Assert.Equal(4, first.Offset);
        var page = await Log.ReadAfterAsync(Channel, 3, 10, Cancel);
        Assert.Equal(new Continuation(new Position(first.Epoch, 3), null), page.Resolve(last));
        Assert.Equal([first], page.Messages.Select(message => message.Position));
        Assert.Equal([first], await Log.ReadTopsAsync([Channel], Cancel));
    }

    [Fact]
    public async Task What_only_the_shared_log_can_tell_waits_for_it()
    {
        var last = await DeliverManyAsync(3);
        IsAway = true;
        await AppendAsync(Channel);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ReadAfterAsync(Channel, 2, 10, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ReadAfterAsync(Channel, last.Offset + 2, 10, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ReadBeforeAsync(Channel, long.MaxValue, 10, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ResetAsync(Channel, Cancel));
    }

    [Fact]
    public async Task Back_in_the_shared_log_one_goes_on_where_this_node_was_behind_a_gap()
    {
        var last = await DeliverManyAsync(3);
        IsAway = true;
        var here = (await AppendAsync(Channel)).Position;
        await AppendElsewhereAsync();
        IsAway = false;

        var page = await Log.ReadAfterAsync(Channel, 3, 10, Cancel);
        Assert.Equal(new Continuation(last, GapReason.EpochChanged), page.Resolve(here));
        Assert.Equal([4L], page.Messages.Select(message => message.Position.Offset));
        Assert.Equal(5, (await AppendAsync(Channel)).Position.Offset);

        // Who heard nothing of its own meanwhile has missed nothing.
        Assert.Equal(new Continuation(last, null), page.Resolve(here with { Offset = 3 }));
    }

    [Fact]
    public async Task Whoever_listens_here_goes_on_where_this_node_is()
    {
        var last = await DeliverManyAsync(3);
        _delivered[Channel] = last with { Offset = 2 };
        IsAway = true;
        var here = (await AppendAsync(Channel)).Position;
        Assert.Equal(3, here.Offset);
        IsAway = false;
        var page = await Log.ReadAfterAsync(Channel, 2, 10, Cancel);
        Assert.Equal(new Continuation(last with { Offset = 2 }, GapReason.EpochChanged), page.Resolve(here));
        Assert.Equal([3L], page.Messages.Select(message => message.Position.Offset));
    }

    [Fact]
    public async Task A_channel_whose_place_nobody_knows_comes_back_in_front_of_what_the_outage_brought_and_of_nothing_older()
    {
        for (var i = 0; i < 5; i++) await AppendElsewhereAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        IsAway = true;
        Assert.Equal(0, (await Log.ReadTopsAsync([Channel], Cancel))[0].Offset);
        var here = (await AppendAsync(Channel)).Position;
        Assert.Equal(1, here.Offset);
        Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 2; i++) await AppendElsewhereAsync();
        IsAway = false;

        foreach (var from in new[] { here, here with { Offset = 0 } })
        {
            var page = await Log.ReadOnAsync(Channel, from, 10, Cancel);
            Assert.Equal(new Continuation(new Position(page.Epoch, 5), GapReason.EpochChanged), page.Resolve(from));
            Assert.Equal([6L, 7L], page.Messages.Select(message => message.Position.Offset));
        }
        // It stays so for who comes later.
        await AppendElsewhereAsync();
        Assert.Equal(5, (await Log.ReadAfterAsync(Channel, 5, 10, Cancel)).Resolve(here).At.Offset);
    }

    [Fact]
    public async Task What_was_seen_of_a_channel_that_nobody_listens_to_is_not_its_place()
    {
        var seen = (await AppendAsync(Channel)).Position;
        for (var i = 0; i < 3; i++) await AppendElsewhereAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        IsAway = true;
        var here = (await AppendAsync(Channel)).Position;
        IsAway = false;
        var page = await Log.ReadAfterAsync(Channel, 4, 10, Cancel);
        Assert.Equal(new Continuation(seen with { Offset = 4 }, GapReason.EpochChanged), page.Resolve(here));
    }

    [Fact]
    public async Task A_channel_that_memory_had_to_drop_still_comes_back_to_where_it_was()
    {
        _options.Channels = 1;
        var last = await DeliverManyAsync(3);
        IsAway = true;
        var first = (await AppendAsync(Channel)).Position;
        await AppendAsync("room:b");
        var second = (await AppendAsync(Channel)).Position;
        Assert.NotEqual(first.Epoch, second.Epoch);
        IsAway = false;
        var page = await Log.ReadAfterAsync(Channel, 3, 10, Cancel);
        Assert.All([first, second], here => Assert.Equal(new Continuation(last, GapReason.EpochChanged), page.Resolve(here)));
    }

    [Fact]
    public async Task Each_outage_has_an_epoch_of_its_own_and_a_feed_that_is_still_in_the_former_one_finds_home()
    {
        var last = await DeliverManyAsync(3);
        IsAway = true;
        var first = (await AppendAsync(Channel)).Position;
        _delivered[Channel] = first;
        IsAway = false;
        // The feed has not looked yet when the shared log goes away again.
        await AppendAsync(Channel);
        IsAway = true;
        var second = (await AppendAsync(Channel)).Position;
        Assert.NotEqual(first.Epoch, second.Epoch);
        Assert.Equal(new Continuation(first with { Epoch = second.Epoch }, null), (await Log.ReadAfterAsync(Channel, 4, 10, Cancel)).Resolve(first));
        IsAway = false;

        var page = await Log.ReadAfterAsync(Channel, 3, 10, Cancel);
        Assert.All([first, second], here => Assert.Equal(new Continuation(last, GapReason.EpochChanged), page.Resolve(here)));
        Assert.Equal([4L], page.Messages.Select(message => message.Position.Offset));
    }

    [Fact]
    public async Task A_shared_log_that_has_lost_messages_meanwhile_is_joined_where_it_ends()
    {
        await using var store = new ControlledStore(new ForkingLog());
        var forking = (ForkingLog)store.Plain;
        for (var i = 0; i < 5; i++) await store.AppendAsync(Channel);
        _delivered[Channel] = (await forking.ReadTopsAsync([Channel], Cancel))[0];
        using var log = new IslandLog(forking, _watch!, channel => _delivered[channel], _options, Time);
        IsAway = true;
        var here = (await log.AppendAsync(Request(Channel), Cancel)).Position;
        forking.Fork(Channel, 3);
        IsAway = false;

        var page = await log.ReadOnAsync(Channel, here, 10, Cancel);
        Assert.Equal(new Continuation(new Position(page.Epoch, 3), GapReason.EpochChanged), page.Resolve(here));
        Assert.Equal(new Continuation(new Position(page.Epoch, 3), GapReason.EpochChanged), page.Resolve(here with { Offset = 5 }));
    }

    [Fact]
    public async Task Only_channels_that_are_away_go_on_here_and_the_others_are_not_kept_from_their_log()
    {
        _watch!.Channels.Add(Channel);
        IsAway = true;
        Assert.True((await AppendAsync(Channel)).IsLocal);
        Assert.False((await AppendAsync("room:b")).IsLocal);
        var tops = await Log.ReadTopsAsync(["room:b", Channel, "room:b"], Cancel);
        Assert.Equal((await _home!.ReadTopsAsync(["room:b"], Cancel))[0], tops[0]);
        Assert.Equal(tops[0], tops[2]);
        Assert.Equal(1, tops[1].Offset);
        Assert.Single((await Log.ReadBeforeAsync("room:b", long.MaxValue, 10, Cancel)).Messages);
    }

    [Fact]
    public async Task Calls_that_fail_are_told_to_the_watch_with_their_channel()
    {
        await using var store = new ControlledStore();
        using var log = new IslandLog(store.Controlled, _watch!, _ => null, _options, Time);
        store.Controlled.IsAway = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await log.ReadAfterAsync(Channel, 0, 1, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await log.ReadTopsAsync(["room:b", "room:c"], Cancel));
        Assert.Equal([Channel, "room:b", "room:c"], _watch!.Failures.Order());
    }

    [Fact]
    public async Task At_the_bound_further_channels_are_refused_and_those_that_are_back_make_room_unless_a_feed_is_still_there()
    {
        IsAway = true;
        await Log.ReadTopsAsync([.. Enumerable.Range(0, 100_000).Select(i => $"public:{i}")], Cancel);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync("public:more"));
        var here = (await AppendAsync("public:7")).Position;
        var other = (await AppendAsync("public:8")).Position;
        _delivered["public:7"] = here;
        IsAway = false;
        await Log.ReadTopsAsync(["room:b"], Cancel);
        for (var i = 0; i < 3; i++) await _home!.AppendAsync(Request("public:7"), Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        IsAway = true;

        Assert.True((await AppendAsync("public:more")).IsLocal);
        IsAway = false;

        // What was there was published after the outage began.
        var page = await Log.ReadAfterAsync("public:7", 0, 10, Cancel);
        Assert.Equal(new Continuation(new Position(page.Epoch, 0), GapReason.EpochChanged), page.Resolve(here));
        Assert.Single(page.Detached);
        Assert.Empty((await Log.ReadAfterAsync("public:8", 0, 10, Cancel)).Detached);
        Assert.NotEqual(here.Epoch, other.Epoch);
    }

    private bool IsAway
    {
        set => _watch!.IsAway = value;
    }

    protected override ValueTask<IChannelLog> OpenAsync()
    {
        _home = new MemoryChannelLog(new MemoryLogOptions { IdempotencyWindow = KeyWindow }, Time);
        _watch = new SwitchedWatch(Time);
        return ValueTask.FromResult<IChannelLog>(new IslandLog(_home, _watch, channel => _delivered.TryGetValue(channel, out var position) ? position : null, _options, Time));
    }

    protected override ValueTask CloseAsync()
    {
        ((IslandLog)Log).Dispose();
        _home!.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AppendElsewhereAsync() => await _home!.AppendAsync(Request(Channel), Cancel);

    /// <summary>Appends messages that a feed of this node delivers.</summary>
    private async Task<Position> DeliverManyAsync(int count)
    {
        var last = default(Position);
        for (var i = 0; i < count; i++) last = (await AppendAsync(Channel)).Position;
        return _delivered[Channel] = last;
    }
}
