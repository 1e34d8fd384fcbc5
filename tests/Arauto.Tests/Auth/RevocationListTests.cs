using Arauto.Auth;
using Arauto.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Auth;

public sealed class RevocationListTests
{
    private readonly FakeClock _clock = new();
    private readonly MemoryRevocations _store = new();
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RevocationList Create(int capacity = 100) => new(_store, _clock, NullLogger<RevocationList>.Instance, capacity);

    private Identity Issued(string user, double secondsAgo, string? tokenId = null) => new() { User = user, TokenId = tokenId, IssuedAt = _clock.GetUtcNow().AddSeconds(-secondsAgo) };

    [Fact]
    public async Task User_revocation_hits_tokens_issued_up_to_the_moment()
    {
        var list = Create();
        await list.RevokeUserAsync("alice", _clock.GetUtcNow().AddSeconds(-10), Cancel);
        Assert.True(list.IsRevoked(Issued("alice", 10)));
        Assert.True(list.IsRevoked(Issued("alice", 11)));
        Assert.False(list.IsRevoked(Issued("alice", 9.999)));
        Assert.False(list.IsRevoked(Issued("bob", 11)));
        Assert.True(list.IsRevoked(new Identity { User = "alice" }), "Without iat a token counts as the oldest.");
    }

    [Fact]
    public async Task Token_revocation_hits_one_token()
    {
        var list = Create();
        await list.RevokeTokenAsync("t1", Cancel);
        Assert.True(list.IsRevoked(Issued("alice", 0, "t1")));
        Assert.False(list.IsRevoked(Issued("alice", 0, "t2")));
        Assert.False(list.IsRevoked(Issued("alice", 0)));
    }

    [Fact]
    public async Task Earlier_revocation_does_not_replace_a_later_one()
    {
        var list = Create();
        var seen = new List<Revocation>();
        list.Revoked += seen.Add;
        await list.RevokeUserAsync("alice", null, Cancel);
        await list.RevokeUserAsync("alice", _clock.GetUtcNow().AddHours(-1), Cancel);
        Assert.True(list.IsRevoked(Issued("alice", 1)));
        Assert.Single(seen);
    }

    [Fact]
    public async Task Revocations_are_found_again_after_a_restart()
    {
        await Create().RevokeUserAsync("alice", null, Cancel);
        await Create().RevokeTokenAsync("t1", Cancel);
        var list = Create();
        await list.LoadAsync(Cancel);
        Assert.True(list.IsRevoked(Issued("alice", 1)));
        Assert.True(list.IsRevoked(Issued("bob", 1, "t1")));
    }

    [Fact]
    public async Task Store_that_is_away_does_not_keep_a_revocation_from_working()
    {
        var list = Create();
        _store.IsAway = true;
        var seen = new List<Revocation>();
        list.Revoked += seen.Add;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await list.RevokeUserAsync("alice", null, Cancel));
        Assert.True(list.IsRevoked(Issued("alice", 1)));
        Assert.Equal("alice", Assert.Single(seen).User);
    }

    [Fact]
    public async Task Entries_end_after_400_days()
    {
        var list = Create();
        var alice = Issued("alice", 1);
        await list.RevokeUserAsync("alice", null, Cancel);
        _clock.Advance(TimeSpan.FromDays(399));
        await list.RevokeTokenAsync("t1", Cancel);
        Assert.True(list.IsRevoked(alice));
        _clock.Advance(TimeSpan.FromDays(1));
        await list.RevokeTokenAsync("t2", Cancel);
        Assert.False(list.IsRevoked(alice));
        Assert.Equal(2, list.Count);
    }

    [Fact]
    public async Task Full_list_forgets_the_entry_that_ends_first()
    {
        var list = Create(capacity: 10);
        for (var i = 0; i < 15; i++)
        {
            await list.RevokeTokenAsync($"t{i}", Cancel);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(10, list.Count);
        Assert.False(list.IsRevoked(Issued("alice", 0, "t4")));
        Assert.True(list.IsRevoked(Issued("alice", 0, "t5")));
    }

    [Fact]
    public async Task Repeating_one_user_does_not_grow_or_forget()
    {
        var list = Create(capacity: 10);
        await list.RevokeTokenAsync("t", Cancel);
        for (var i = 0; i < 3000; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await list.RevokeUserAsync("alice", null, Cancel);
        }
        Assert.True(list.IsRevoked(Issued("alice", 0)));
        Assert.Equal(2, list.Count);
    }

    [Fact]
    public async Task Moment_at_the_end_of_time_is_no_overflow()
    {
        var list = Create();
        await list.RevokeUserAsync("alice", DateTimeOffset.MaxValue, Cancel);
        Assert.True(list.IsRevoked(Issued("alice", 0)));
    }
}
