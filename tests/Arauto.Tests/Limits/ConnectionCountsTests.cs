using Arauto.Limits;
using Arauto.Tests.Support;

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

    [Fact]
    public async Task A_raise_that_is_repeated_says_the_number_of_now()
    {
        var shared = new HeldCounts();
        var counts = new ConnectionCounts(5, shared);
        var stays = counts.TryEnterAsync("alice");
        shared.Raising.Dequeue().SetResult(RaiseResult.Within);
        Assert.True(await stays);
        var first = counts.TryEnterAsync("alice");
        var second = counts.TryEnterAsync("alice");
        counts.Leave("alice");
        var held = shared.Raising.Dequeue();
        shared.Raising.Dequeue().SetResult(RaiseResult.Above);
        Assert.False(await second);
        held.SetResult(RaiseResult.Again);
        await Eventually.TrueAsync("it is tried again", () => shared.Raising.Count == 1);
        shared.Raising.Dequeue().SetResult(RaiseResult.Within);

        Assert.True(await first);
        Assert.Equal(["raise 1", "raise 2", "raise 3", "set 2", "set 1", "raise 1"], shared.Calls);
        Assert.Equal(1, counts["alice"]);
    }

    [Fact]
    public async Task All_counts_are_said_again_in_slices_until_one_cannot_be_said()
    {
        var shared = new HeldCounts();
        var counts = new ConnectionCounts(5, shared);
        for (var i = 0; i < 1200; i++)
        {
            var entered = counts.TryEnterAsync($"user{i}");
            shared.Raising.Dequeue().SetResult(RaiseResult.Within);
            Assert.True(await entered);
        }
        shared.HoldsSets = true;

        var sharing = counts.ShareAgainAsync();
        Assert.Equal(500, shared.Setting.Count);
        for (var i = 0; i < 500; i++) shared.Setting.Dequeue().SetResult(true);
        await Eventually.TrueAsync("the second slice is said", () => shared.Setting.Count == 500);
        for (var i = 0; i < 500; i++) shared.Setting.Dequeue().SetResult(i > 0);

        Assert.False(await sharing);
        Assert.Empty(shared.Setting);
    }
}
