using Arauto.Logs;
using Arauto.Tests.Support;

namespace Arauto.Tests.Logs;

public abstract partial class ChannelLogConformance
{
    // Longer than any log's pause between two sweeps.
    private static readonly TimeSpan SweepPause = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_newest_messages_are_kept_up_to_their_number_and_little_more()
    {
        var retention = new Retention(16, TimeSpan.Zero);
        var epoch = (await AppendAsync("room:a", retention: retention)).Position.Epoch;
        for (var i = 0; i < 99; i++) await AppendAsync("room:a", retention: retention);

        var page = await Log.ReadAfterAsync("room:a", 0, 200, Token);
        Assert.InRange(page.Messages.Count, 16, 20);
        Assert.Equal((epoch, 100L, 101L - page.Messages.Count), (page.Epoch, page.Top, page.Oldest));
        AssertContiguous(page);
        Assert.Equal(page.Oldest, page.Messages[0].Position.Offset);
        Assert.Equal(100, page.Messages[^1].Position.Offset);
    }

    [Fact]
    public async Task Old_messages_go_and_the_rest_of_the_channel_stays_as_it_is()
    {
        var retention = new Retention(0, TimeSpan.FromHours(1));
        var epoch = (await AppendAsync("room:a", retention: retention)).Position.Epoch;
        await AppendAsync("room:a", retention: retention);
        await AppendAsync("room:b");
        Time.Advance(TimeSpan.FromMinutes(40));
        await AppendAsync("room:a", retention: retention);
        Assert.Equal([1, 2, 3], await AfterAsync("room:a", 0, 10));

        Time.Advance(TimeSpan.FromMinutes(20) + SweepPause);
        await OldestBecomesAsync("room:a", 3);
        Assert.Equal([3], await AfterAsync("room:a", 0, 10));

        Time.Advance(TimeSpan.FromHours(1) + SweepPause);
        await OldestBecomesAsync("room:a", 4);
        var page = await Log.ReadBeforeAsync("room:a", long.MaxValue, 10, Token);
        Assert.Equal((epoch, 4L, 3L, 0), (page.Epoch, page.Oldest, page.Top, page.Messages.Count));

        Assert.Equal(4, (await AppendAsync("room:a", retention: retention)).Position.Offset);
        Time.Advance(TimeSpan.FromHours(1) + SweepPause);
        await OldestBecomesAsync("room:a", 5);
        Assert.Equal([1], await AfterAsync("room:b", 0, 10));
    }

    [Fact]
    public async Task The_retention_of_the_last_append_holds_for_the_whole_channel()
    {
        for (var i = 0; i < 5; i++) await AppendAsync("room:a");
        Time.Advance(TimeSpan.FromHours(2));
        await AppendAsync("room:a", retention: new Retention(0, TimeSpan.FromHours(1)));
        Time.Advance(SweepPause);
        await OldestBecomesAsync("room:a", 6);
        await AppendAsync("room:a");
        Time.Advance(TimeSpan.FromDays(300));
        await AppendAsync("room:b", retention: new Retention(0, TimeSpan.FromHours(1)));
        Time.Advance(TimeSpan.FromHours(2));
        await OldestBecomesAsync("room:b", 2);
        Assert.Equal([6, 7], await AfterAsync("room:a", 0, 10));
    }

    [Fact]
    public async Task Thousands_of_old_messages_and_of_a_reset_channel_go_as_well()
    {
        var retention = new Retention(0, TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 2500).Select(_ => AppendAsync("room:a", retention: retention).AsTask()));
        await Task.WhenAll(Enumerable.Range(0, 2500).Select(_ => AppendAsync("room:b").AsTask()));
        await Log.ResetAsync("room:b", Token);
        Time.Advance(TimeSpan.FromHours(1) + SweepPause);
        await OldestBecomesAsync("room:a", 2501);
        Assert.Equal(0, (await Log.ReadTopsAsync(["room:b"], Token))[0].Offset);
    }

    protected static void AssertContiguous(LogPage page)
    {
        Assert.InRange(page.Oldest, 1, page.Top + 1);
        for (var i = 0; i < page.Messages.Count; i++)
        {
            var position = page.Messages[i].Position;
            Assert.Equal(page.Epoch, position.Epoch);
            Assert.Equal(page.Messages[0].Position.Offset + i, position.Offset);
            Assert.InRange(position.Offset, page.Oldest, page.Top);
        }
    }

    private Task OldestBecomesAsync(string channel, long oldest) => Eventually.TrueAsync(
        $"the oldest message of {channel} is {oldest}",
        async () => (await Log.ReadAfterAsync(channel, 0, 1, Token)).Oldest == oldest);
}
