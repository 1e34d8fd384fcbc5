using Arauto.Logs;
using Arauto.Logs.Island;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;

namespace Arauto.Tests.Logs;

public sealed class IslandLogTests : ChannelLogConformance
{
    private MemoryChannelLog? _home;
    private readonly Dictionary<string, Position> _delivered = [];
    private bool _isThere = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_shared_log_is_away_a_channel_goes_on_here_without_a_gap()
    {
        var last = await AppendManyAsync(3);
        _isThere = false;
        var first = (await AppendAsync("room:a")).Position;

        Assert.NotEqual(last.Epoch, first.Epoch);
        Assert.Equal(4, first.Offset);
        var page = await Log.ReadAfterAsync("room:a", 3, 10, Cancel);
        Assert.Equal(new Continuation(new Position(first.Epoch, 3), null), page.Resolve(last));
        Assert.Equal([first], page.Messages.Select(message => message.Position));
        Assert.Equal([first], await Log.ReadTopsAsync(["room:a"], Cancel));
        Assert.False(Log.IsDurable);
    }

    [Fact]
    public async Task What_only_the_shared_log_can_tell_waits_for_it()
    {
        await AppendManyAsync(3);
        _isThere = false;
        await AppendAsync("room:a");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ReadAfterAsync("room:a", 2, 10, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ReadBeforeAsync("room:a", long.MaxValue, 10, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.ResetAsync("room:a", Cancel));
    }

    [Fact]
    public async Task Back_in_the_shared_log_one_goes_on_where_it_was_behind_a_gap()
    {
        var last = await AppendManyAsync(3);
        _isThere = false;
        var here = (await AppendAsync("room:a")).Position;
        // Another node could reach it.
        await _home!.AppendAsync(Request("room:a"), Cancel);
        _isThere = true;

        var page = await Log.ReadAfterAsync("room:a", 3, 10, Cancel);
        Assert.Equal(new Continuation(last, GapReason.EpochChanged), page.Resolve(here));
        Assert.Equal([4L], page.Messages.Select(message => message.Position.Offset));
        Assert.Equal(5, (await AppendAsync("room:a")).Position.Offset);

        // Who heard nothing of its own meanwhile has missed nothing.
        Assert.Equal(new Continuation(last, null), page.Resolve(here with { Offset = 3 }));
    }

    [Fact]
    public async Task Whoever_listens_here_goes_on_where_this_node_is()
    {
        var last = await AppendManyAsync(3);
        _delivered["room:a"] = last with { Offset = 2 };
        _isThere = false;
        var here = (await AppendAsync("room:a")).Position;
        Assert.Equal(3, here.Offset);
        _isThere = true;
        var page = await Log.ReadAfterAsync("room:a", 2, 10, Cancel);
        Assert.Equal(new Continuation(last with { Offset = 2 }, GapReason.EpochChanged), page.Resolve(here));
        Assert.Equal([3L], page.Messages.Select(message => message.Position.Offset));
    }

    [Fact]
    public async Task Each_outage_has_an_epoch_of_its_own_and_a_channel_never_seen_begins_at_the_front()
    {
        _isThere = false;
        var first = (await AppendAsync("room:new")).Position;
        _isThere = true;
        await AppendManyAsync(1);
        _isThere = false;
        var second = (await AppendAsync("room:new")).Position;
        Assert.Equal((1, 1), (first.Offset, second.Offset));
        Assert.NotEqual(first.Epoch, second.Epoch);
    }

    protected override ValueTask<IChannelLog> OpenAsync()
    {
        _home = new MemoryChannelLog(new MemoryLogOptions { IdempotencyWindow = KeyWindow }, Time);
        return ValueTask.FromResult<IChannelLog>(new IslandLog(_home, () => _isThere, channel => _delivered.TryGetValue(channel, out var position) ? position : null, new MemoryLogOptions { IdempotencyWindow = KeyWindow }, Time));
    }

    protected override ValueTask CloseAsync()
    {
        ((IslandLog)Log).Dispose();
        _home!.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Position> AppendManyAsync(int count)
    {
        var last = default(Position);
        for (var i = 0; i < count; i++) last = (await AppendAsync("room:a")).Position;
        return last;
    }
}
