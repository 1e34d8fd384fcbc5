using Arauto.Logs;
using Arauto.Logs.Memory;

namespace Arauto.Tests.Logs;

public sealed class MemoryChannelLogTests : ChannelLogConformance
{
    private MemoryChannelLog _log = null!;

    [Fact]
    public async Task At_the_bound_of_channels_the_one_idle_longest_goes_and_comes_back_in_another_epoch()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions { Channels = 3 }, Time);
        var a = (await log.AppendAsync(Request("a"), Token)).Position;
        foreach (var channel in new[] { "b", "c", "a", "d" })
        {
            Time.Advance(TimeSpan.FromSeconds(2));
            await log.AppendAsync(Request(channel), Token);
        }

        Assert.Equal(3, log.Channels);
        var tops = await log.ReadTopsAsync(["a", "b", "c", "d"], Token);
        Assert.Equal([2, 0, 1, 1], tops.Select(top => top.Offset));
        Assert.Equal(a.Epoch, tops[0].Epoch);
        Assert.NotEqual(a.Epoch, tops[1].Epoch);
        Assert.Equal(tops[1].Epoch, (await log.AppendAsync(Request("b"), Token)).Position.Epoch);
    }

    [Fact]
    public async Task A_channel_that_is_read_is_not_idle()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions { Channels = 2 }, Time);
        await log.AppendAsync(Request("a"), Token);
        await log.AppendAsync(Request("b"), Token);
        Time.Advance(TimeSpan.FromSeconds(2));
        await log.ReadTopsAsync(["a"], Token);
        await log.AppendAsync(Request("c"), Token);
        Assert.Equal([1, 0], (await log.ReadTopsAsync(["a", "b"], Token)).Select(top => top.Offset));
    }

    [Fact]
    public async Task No_position_ever_names_two_messages_however_often_channels_are_dropped()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions { Channels = 4 }, Time);
        var random = Support.Seed.CreateRandom();
        var seen = new HashSet<(string, Arauto.Protocol.Position)>();
        for (var i = 0; i < 2000; i++)
        {
            var channel = $"c{random.Next(8)}";
            if (random.Next(20) == 0) await log.ResetAsync(channel, Token);
            Assert.True(seen.Add((channel, (await log.AppendAsync(Request(channel), Token)).Position)));
            Assert.InRange(log.Channels, 1, 4);
        }
    }

    [Fact]
    public async Task At_the_bound_of_bytes_idle_channels_go_before_the_own_past()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions { Bytes = 100_000 }, Time);
        await log.AppendAsync(Request("idle", new byte[20_000]), Token);
        for (var i = 0; i < 50; i++)
        {
            var appended = await log.AppendAsync(Request("busy", new byte[10_000]), Token);
            Assert.InRange(log.Bytes, 1, 100_000);
            var page = await log.ReadAfterAsync("busy", 0, 100, Token);
            AssertContiguous(page);
            Assert.Equal(appended.MessageId, page.Messages[^1].Id);
        }

        Assert.Equal(0, (await log.ReadTopsAsync(["idle"], Token))[0].Offset);
        Assert.Equal(50, (await log.ReadTopsAsync(["busy"], Token))[0].Offset);
        await log.ResetAsync("busy", Token);
        Assert.Equal(0, log.Bytes);
    }

    [Fact]
    public async Task Keys_count_as_bytes_and_expire_on_channels_that_fell_silent()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions { Bytes = 100_000, IdempotencyWindow = TimeSpan.FromMinutes(10) }, Time);
        var retention = new Retention(1, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 1000; i++)
        {
            await log.AppendAsync(Request("a", key: $"key-{i}", retention: retention), Token);
            Assert.InRange(log.Bytes, 1, 100_000);
        }

        Time.Advance(TimeSpan.FromMinutes(12));
        Assert.Equal(0, log.Bytes);
        Assert.Equal(1000, (await log.ReadTopsAsync(["a"], Token))[0].Offset);
    }

    [Fact]
    public void Appends_complete_synchronously() => Assert.True(AppendAsync("a").AsTask().IsCompletedSuccessfully);

    [Fact]
    public async Task Concurrent_appends_under_constant_dropping_keep_the_bounds()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions { Channels = 8, Bytes = 50_000 }, Time);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(
            async () =>
            {
                var random = new Random(task);
                for (var i = 0; i < 3000; i++) await log.AppendAsync(Request($"c{random.Next(32)}", new byte[500]), Token);
            },
            Token)));
        Assert.InRange(log.Channels, 1, 8);
        Assert.InRange(log.Bytes, 1, 50_000);
        for (var i = 0; i < 32; i++) await log.ResetAsync($"c{i}", Token);
        Assert.Equal(0, log.Bytes);
    }

    protected override ValueTask<IChannelLog> OpenAsync() =>
        ValueTask.FromResult<IChannelLog>(_log = new MemoryChannelLog(new MemoryLogOptions { IdempotencyWindow = KeyWindow }, Time));

    protected override ValueTask CloseAsync()
    {
        _log.Dispose();
        return ValueTask.CompletedTask;
    }
}
