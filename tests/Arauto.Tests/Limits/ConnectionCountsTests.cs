using Arauto.Limits;

namespace Arauto.Tests.Limits;

public sealed class ConnectionCountsTests
{
    [Fact]
    public async Task User_at_the_limit_is_refused_until_one_leaves()
    {
        var counts = new ConnectionCounts(2);
        Assert.True(await counts.TryEnterAsync("alice"));
        Assert.True(await counts.TryEnterAsync("alice"));
        Assert.False(await counts.TryEnterAsync("alice"));
        Assert.True(await counts.TryEnterAsync("bob"));
        counts.Leave("alice");
        Assert.True(await counts.TryEnterAsync("alice"));
        Assert.Equal(2, counts["alice"]);
    }

    [Fact]
    public async Task Users_without_connections_are_forgotten()
    {
        var counts = new ConnectionCounts(0);
        for (var i = 0; i < 100; i++) Assert.True(await counts.TryEnterAsync("alice"));
        for (var i = 0; i < 100; i++) counts.Leave("alice");
        Assert.Equal(0, counts.Users);
        Assert.Throws<InvalidOperationException>(() => counts.Leave("alice"));
    }

    [Fact]
    public async Task Count_is_exact_under_concurrency()
    {
        var counts = new ConnectionCounts(5);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!await counts.TryEnterAsync("alice")) continue;
                var now = Interlocked.Increment(ref inside);
                int seen;
                while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen) { }
                Interlocked.Decrement(ref inside);
                counts.Leave("alice");
            }
        })));
        Assert.InRange(most, 1, 5);
        Assert.Equal(0, counts["alice"]);
        Assert.Equal(0, counts.Users);
    }
}
