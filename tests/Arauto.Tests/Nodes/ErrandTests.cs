using Arauto.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

public sealed class ErrandTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_breaks_it_is_told_and_it_is_done_again_after_the_pause()
    {
        var time = new ManualTimeProvider();
        var attempts = 0;
        var told = 0;
        await using var errand = new Errand(
            _ => Interlocked.Increment(ref attempts) == 1 ? throw new InvalidOperationException("broken") : Task.FromResult(attempts > 2),
            _ => Interlocked.Increment(ref told),
            Pause,
            time);
        errand.Want();
        await Eventually.TrueAsync("it breaks", () => Volatile.Read(ref told) == 1);

        await Eventually.TrueAsync("it is done with the third attempt", () =>
        {
            time.Advance(Pause);
            return Volatile.Read(ref attempts) == 3;
        });
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task Wanted_while_it_is_done_it_is_done_once_more_by_one_at_a_time()
    {
        var begun = 0;
        var inside = 0;
        var hold = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var errand = new Errand(
            async _ =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Increment(ref begun);
                await hold.Task;
                Interlocked.Decrement(ref inside);
                return true;
            },
            e => Assert.Fail(e.ToString()),
            Pause,
            TimeProvider.System);
        errand.Want();
        await Eventually.TrueAsync("it is begun", () => Volatile.Read(ref begun) == 1);
        for (var i = 0; i < 10; i++) errand.Want();
        Assert.Equal(1, Volatile.Read(ref begun));
        hold.SetResult(true);
        await Eventually.TrueAsync("it is done once more", () => Volatile.Read(ref begun) == 2);
    }

    [Fact]
    public async Task Its_end_waits_for_no_pause_and_nothing_is_done_behind_it()
    {
        var attempts = 0;
        var errand = new Errand(_ => Task.FromResult(Interlocked.Increment(ref attempts) < 0), e => Assert.Fail(e.ToString()), TimeSpan.FromDays(1), TimeProvider.System);
        errand.Want();
        await Eventually.TrueAsync("it is tried", () => Volatile.Read(ref attempts) == 1);
        await Eventually.EndsAsync("the errand", errand.DisposeAsync().AsTask());
        errand.Want();
        Assert.Equal(1, attempts);
    }
}
