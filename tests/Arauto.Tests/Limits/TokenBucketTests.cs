using Arauto.Limits;

namespace Arauto.Tests.Limits;

public sealed class TokenBucketTests
{
    private readonly StandingClock _clock = new();

    private static int TakeAll(ref TokenBucket bucket, in TokenRate rate, long now)
    {
        var taken = 0;
        while (taken < 100_000 && bucket.TryTake(rate, now, out _)) taken++;
        return taken;
    }

    [Fact]
    public void Burst_then_rate()
    {
        var rate = TokenRate.PerMinute(60, 20, _clock);
        var bucket = default(TokenBucket);
        Assert.Equal(20, TakeAll(ref bucket, rate, _clock.GetTimestamp()));
        Assert.False(bucket.TryTake(rate, _clock.GetTimestamp(), out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        _clock.Advance(0.75);
        Assert.False(bucket.TryTake(rate, _clock.GetTimestamp(), out wait));
        Assert.Equal(TimeSpan.FromSeconds(0.25), wait);
        _clock.Advance(0.25);
        Assert.Equal(1, TakeAll(ref bucket, rate, _clock.GetTimestamp()));
        _clock.Advance(7);
        Assert.Equal(7, TakeAll(ref bucket, rate, _clock.GetTimestamp()));
        _clock.Advance(100_000);
        Assert.Equal(20, TakeAll(ref bucket, rate, _clock.GetTimestamp()));
    }

    [Fact]
    public void Waiting_as_told_is_enough()
    {
        var rate = new TokenRate(7, 3, _clock);
        var bucket = new TokenBucket(_clock.GetTimestamp());
        for (var i = 0; i < 1000; i++)
        {
            if (bucket.TryTake(rate, _clock.GetTimestamp(), out var wait)) continue;
            _clock.Advance(wait.TotalSeconds + 1e-6);
            Assert.True(bucket.TryTake(rate, _clock.GetTimestamp(), out _));
        }
    }

    [Fact]
    public void Zero_limits_nothing()
    {
        var rate = new TokenRate(0, 0, _clock);
        var bucket = default(TokenBucket);
        Assert.Equal(100_000, TakeAll(ref bucket, rate, 0));
        Assert.Equal(100_000, TakeAll(ref bucket, TokenRate.Unlimited, 0));
    }

    [Fact]
    public void Extreme_rates_do_not_overflow()
    {
        var slow = new TokenRate(1e-9, int.MaxValue, _clock);
        var bucket = default(TokenBucket);
        Assert.True(bucket.TryTake(slow, _clock.GetTimestamp(), out _));
        var fast = new TokenRate(1e12, 5, _clock);
        bucket = default;
        Assert.Equal(5, TakeAll(ref bucket, fast, _clock.GetTimestamp()));
    }

    [Fact]
    public async Task Concurrent_takers_get_exactly_the_burst()
    {
        var rate = new TokenRate(1, 1000, _clock);
        var holder = new Holder();
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TakeAll(ref holder.Bucket, rate, 0))));
        Assert.Equal(1000, taken.Sum());
    }

    private sealed class Holder
    {
        public TokenBucket Bucket;
    }
}
