using Arauto.Client.Connections;
using Arauto.Client.Tests.Scripting;

namespace Arauto.Client.Tests.Connections;

public sealed class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(30);

    [Fact]
    public void Every_wait_is_below_its_doubling_ceiling()
    {
        var random = Seed.Create();
        for (var run = 0; run < 200; run++)
        {
            var backoff = new Backoff(First, Cap, random);
            for (var n = 0; n < 50; n++)
                Assert.InRange(backoff.Next().TotalSeconds, 0, Math.Min(Math.Pow(2, n), 30));
        }
    }

    [Fact]
    public void Waits_use_the_whole_range()
    {
        var random = Seed.Create();
        var firsts = Enumerable.Range(0, 500).Select(_ => new Backoff(First, Cap, random).Next().TotalSeconds).ToList();
        Assert.Contains(firsts, s => s < 0.1);
        Assert.Contains(firsts, s => s > 0.9);
    }

    [Fact]
    public void No_wait_is_shorter_than_a_timer_can_wait()
    {
        var backoff = new Backoff(First, Cap, new Zero());
        Assert.Equal(TimeSpan.FromMilliseconds(1), backoff.Next());
        Assert.Equal(TimeSpan.FromMilliseconds(1), backoff.Jitter());
    }

    [Fact]
    public void Same_seed_gives_the_same_waits()
    {
        var a = new Backoff(First, Cap, new Random(7));
        var b = new Backoff(First, Cap, new Random(7));
        for (var n = 0; n < 10; n++) Assert.Equal(a.Next(), b.Next());
    }

    [Fact]
    public void Reset_begins_with_the_first_ceiling()
    {
        var backoff = new Backoff(First, Cap, Seed.Create());
        for (var n = 0; n < 10; n++) backoff.Next();
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0, 1);
    }

    private sealed class Zero : Random
    {
        public override double NextDouble() => 0;
    }
}
