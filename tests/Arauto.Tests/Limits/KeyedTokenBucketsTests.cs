using System.Net;
using Arauto.Limits;
using Arauto.Tests.Support;

namespace Arauto.Tests.Limits;

public sealed class KeyedTokenBucketsTests
{
    private readonly StandingClock _clock = new();

    private KeyedTokenBuckets<string> Create(int maxKeys = 100_000, double perSecond = 1, int burst = 2) => new(new TokenRate(perSecond, burst, _clock), _clock, maxKeys);

    [Fact]
    public void Keys_have_buckets_of_their_own()
    {
        var buckets = Create();
        Assert.True(buckets.TryTake("alice", out _));
        Assert.True(buckets.TryTake("alice", out _));
        Assert.False(buckets.TryTake("alice", out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        Assert.True(buckets.TryTake("bob", out _));
    }

    [Fact]
    public void Full_buckets_are_swept_and_others_stay()
    {
        var buckets = Create();
        for (var i = 0; i < 1000; i++) buckets.TryTake($"old{i}", out _);
        _clock.Advance(2);
        for (var i = 0; i < 3; i++) buckets.TryTake("busy", out _);
        for (var i = 0; i < 100; i++) buckets.TryTake($"new{i}", out _);
        Assert.InRange(buckets.Count, 100, 130);
        Assert.False(buckets.TryTake("busy", out _));
    }

    [Fact]
    public void At_the_bound_new_keys_share_one_bucket_until_there_is_place()
    {
        var buckets = Create(maxKeys: 100);
        for (var i = 0; i < 100; i++) Assert.True(buckets.TryTake($"known{i}", out _));
        Assert.True(buckets.TryTake("new1", out _));
        Assert.True(buckets.TryTake("new2", out _));
        Assert.False(buckets.TryTake("new3", out _));
        Assert.True(buckets.TryTake("known0", out _));
        Assert.Equal(100, buckets.Count);
        _clock.Advance(3);
        Assert.True(buckets.TryTake("new3", out _));
        Assert.Equal(1, buckets.Count);
    }

    [Fact]
    public async Task Concurrent_newcomers_do_not_pass_the_bound()
    {
        var buckets = Create(maxKeys: 500);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                buckets.TryTake($"{worker % 4}:{i}", out _);
                Assert.InRange(buckets.Count, 0, 500);
            }
        })));
        Assert.Equal(500, buckets.Count);
    }

    [Fact]
    public async Task Sweeping_never_gives_more_than_the_rate()
    {
        // One key takes all the time while others force sweeps on a clock that moves: its grants stay within burst + time * rate.
        var buckets = Create(maxKeys: 2000, perSecond: 1000, burst: 5);
        long granted = 0;
        using var stop = new CancellationTokenSource();
        // On threads of their own: those of the pool are for what other tests wait for.
        var takers = Enumerable.Range(0, 3).Select(worker => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    if (buckets.TryTake("alice", out _)) Interlocked.Increment(ref granted);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        // Otherwise the table may be full before a busy machine lets the takers begin.
        await Eventually.TrueAsync("the burst is taken", () => Interlocked.Read(ref granted) == 5);
        for (var i = 0; i < 200_000; i++)
        {
            buckets.TryTake($"key{i}", out TimeSpan _);
            if (i % 100 == 0) _clock.Advance(0.002);
        }
        await stop.CancelAsync();
        await Task.WhenAll(takers);
        Assert.InRange(granted, 5, 5 + (long)(200_000 / 100 * 0.002 * 1000));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("::a00:1", "0.0.0.0", false)]
    public void Addresses_are_one_by_their_subscriber(string first, string second, bool same) =>
        Assert.Equal(same, AddressKey.From(IPAddress.Parse(first)) == AddressKey.From(IPAddress.Parse(second)));
}
