using Arauto.Logs;
using Arauto.Tests.Support;

namespace Arauto.Tests.Logs;

public abstract partial class ChannelLogConformance
{
    [Fact]
    public async Task Concurrent_appends_over_many_channels_leave_no_hole_and_no_duplicate()
    {
        const int Channels = 8;
        var random = Seed.CreateRandom();
        var plans = Enumerable.Range(0, 32).Select(_ => Enumerable.Range(0, 60).Select(_ => $"room:{random.Next(Channels)}").ToArray()).ToArray();
        var appended = (await Task.WhenAll(plans.Select(plan => Task.Run(() => AppendAllAsync(plan), Token)))).SelectMany(results => results).ToList();

        foreach (var channel in appended.GroupBy(append => append.Channel))
        {
            var expected = channel.OrderBy(append => append.Result.Position.Offset).ToList();
            Assert.Equal(Enumerable.Range(1, expected.Count).Select(offset => (long)offset), expected.Select(append => append.Result.Position.Offset));
            Assert.Single(expected.Select(append => append.Result.Position.Epoch).Distinct());
            var page = await Log.ReadAfterAsync(channel.Key, 0, int.MaxValue, Token);
            Assert.Equal(expected.Select(append => append.Result.MessageId), page.Messages.Select(message => message.Id));
        }
    }

    [Fact]
    public async Task Every_page_is_of_one_moment_while_others_append_and_trim_and_reset()
    {
        var random = Seed.CreateRandom();
        var retention = new Retention(20, TimeSpan.Zero);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reader = Task.Run(() => ReadUntilAsync(random.Next(), done.Token), Token);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    await AppendAsync("room:a", retention: retention);
                    if (writer == 0 && i % 50 == 49) await Log.ResetAsync("room:a", Token);
                }
            },
            Token)));
        await done.CancelAsync();
        Assert.True(await reader > 0);
    }

    private async Task<List<(string Channel, AppendResult Result)>> AppendAllAsync(string[] channels)
    {
        var results = new List<(string, AppendResult)>();
        foreach (var channel in channels)
        {
            var result = await AppendAsync(channel);
            results.Add((channel, result));

            // What has completed is seen by the next read, whoever else appends.
            var page = await Log.ReadAfterAsync(channel, result.Position.Offset - 1, 1, Token);
            Assert.Equal(result.MessageId, Assert.Single(page.Messages).Id);
        }

        return results;
    }

    private async Task<int> ReadUntilAsync(int seed, CancellationToken done)
    {
        var random = new Random(seed);
        var pages = 0;
        do
        {
            var bound = random.Next(0, 400);
            var page = random.Next(2) == 0
                ? await Log.ReadAfterAsync("room:a", bound, random.Next(1, 40), Token)
                : await Log.ReadBeforeAsync("room:a", bound, random.Next(1, 40), Token);
            AssertContiguous(page);
            pages++;
        }
        while (!done.IsCancellationRequested);
        return pages;
    }
}
