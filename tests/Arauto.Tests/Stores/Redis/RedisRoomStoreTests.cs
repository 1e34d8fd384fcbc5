using Arauto.Rooms;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Stores.Redis;

/// <summary>What rooms in Redis do beyond what every store must: they end, and their index heals.</summary>
public sealed class RedisRoomStoreTests : IClassFixture<SharedRedis>
{
    private readonly SharedRedis _redis;
    private readonly string _prefix = SharedRedis.NextPrefix();
    private readonly ManualTimeProvider _time = new();
    private readonly RedisStore _store;
    private readonly Guid _id = Guid.CreateVersion7();

    public RedisRoomStoreTests(SharedRedis redis)
    {
        _redis = redis;
        _store = redis.CreateStore(_time, _prefix);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Channel => RoomDirectory.ChannelOf(_id);

    /// <summary>Everything that a room has, and the lives it gets; those of users' indexes twice as long, that of the log's state two hours longer.</summary>
    private Dictionary<string, double> Keys => new(StringComparer.Ordinal)
    {
        [$"{_prefix}arauto:room:{{r:{_id:D}}}"] = 24,
        [$"{_prefix}arauto:members:{{r:{_id:D}}}"] = 24,
        [$"{_prefix}arauto:receipts:{{c:{Channel}}}"] = 24,
        [$"{_prefix}arauto:readers:{{c:{Channel}}}"] = 24,
        [$"{_prefix}arauto:log:{{c:{Channel}}}"] = 24,
        [$"{_prefix}arauto:state:{{c:{Channel}}}"] = 26,
        [$"{_prefix}arauto:rooms:{{u:alice}}"] = 48,
        [$"{_prefix}arauto:rooms:{{u:bob}}"] = 48,
    };

    [Theory]
    [InlineData("publish")]
    [InlineData("subscribe")]
    [InlineData("join")]
    public async Task Activity_keeps_all_of_a_room(string activity)
    {
        await MakeAsync();
        await ExpectLivesAsync();
        foreach (var key in Keys.Keys) await _redis.Server.CommandAsync("PEXPIRE", key, 60_000);
        _time.Advance(TimeSpan.FromHours(12));

        switch (activity)
        {
            case "publish": await _store.Log.AppendAsync(Channel); break;
            case "subscribe": await _store.Log.ReadTopsAsync(["doc:a", Channel], Token); break;
            default: await _store.Rooms.AddMemberAsync(_id, "bob", Token); break;
        }

        await ExpectLivesAsync();
    }

    [Fact]
    public async Task Activity_is_noted_once_in_a_minute()
    {
        await MakeAsync();
        await _store.Log.ReadTopsAsync([Channel], Token);
        await ExpectLivesAsync();
        await _redis.Server.CommandAsync("PEXPIRE", Keys.Keys.First(), 60_000);
        var other = Guid.CreateVersion7();
        await _store.Rooms.TryCreateAsync(Room(other), Token);
        await _redis.Server.CommandAsync("PEXPIRE", $"{_prefix}arauto:room:{{r:{other:D}}}", 60_000);

        _time.Advance(TimeSpan.FromSeconds(59));
        // The other room's turn comes behind that of the first, which has none.
        await _store.Log.ReadTopsAsync([Channel, RoomDirectory.ChannelOf(other)], Token);
        await ExpectLifeAsync($"{_prefix}arauto:room:{{r:{other:D}}}", 24);
        Assert.InRange(await LifeAsync(Keys.Keys.First()), 0, 0.02);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _store.Log.ReadTopsAsync([Channel], Token);

        await ExpectLifeAsync(Keys.Keys.First(), 24);
    }

    [Fact]
    public async Task A_room_of_many_members_is_refreshed_whole_and_deleted_from_all_their_lists()
    {
        // Three slices, the last not full.
        var members = Enumerable.Range(0, 1100).Select(i => $"member{i}").ToHashSet(StringComparer.Ordinal);
        Assert.True(await _store.Rooms.TryCreateAsync(Room(_id, members), Token));
        foreach (var member in members) await _redis.Server.Redis.ExecuteAsync(new("PEXPIRE", IndexOf(member), 60_000), Token);
        await _store.Log.ReadTopsAsync([Channel], Token);
        foreach (var member in members) await ExpectLifeAsync(IndexOf(member), 48);

        Assert.True(await _store.Rooms.DeleteAsync(_id, Token));

        foreach (var member in members) await Eventually.TrueAsync($"{member} has no rooms", async () => (await _redis.Server.Redis.ExecuteAsync(new("EXISTS", IndexOf(member)), Token)).AsInteger() == 0);

        string IndexOf(string user) => $"{_prefix}arauto:rooms:{{u:{user}}}";
    }

    [Fact]
    public async Task Without_hours_nothing_of_a_room_expires()
    {
        var store = _redis.CreateStore(_time, _prefix, new RedisStoreOptions { RoomHours = 0 });
        await MakeAsync(store);

        foreach (var key in Keys.Keys) Assert.Equal(-1, await LifeAsync(key));
    }

    [Fact]
    public async Task A_room_that_expired_is_gone_from_lists_and_their_index()
    {
        await MakeAsync();
        // Later than the first, so that it stands behind it.
        var other = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddSeconds(1));
        await _store.Rooms.TryCreateAsync(Room(other), Token);
        await _redis.Server.CommandAsync("DEL", $"{_prefix}arauto:room:{{r:{_id:D}}}");

        Assert.Equal([other], (await _store.Rooms.ListAsync("alice", null, 1, Token)).Select(room => room.Id));
        Assert.Equal(1, (await _redis.Server.CommandAsync("ZCARD", $"{_prefix}arauto:rooms:{{u:alice}}")).AsInteger());
    }

    [Fact]
    public async Task Lists_in_between_never_cost_a_member_the_room()
    {
        var random = Seed.CreateRandom();
        var ids = Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7()).ToArray();
        using var done = new CancellationTokenSource();
        var listing = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested) await _store.Rooms.ListAsync("alice", null, 200, Token);
            },
            Token)).ToArray();
        foreach (var id in ids)
        {
            await _store.Rooms.TryCreateAsync(Room(id), Token);
            for (var i = random.Next(3); i > 0; i--)
            {
                await _store.Rooms.RemoveMemberAsync(id, "alice", Token);
                await _store.Rooms.AddMemberAsync(id, "alice", Token);
            }
        }
        await done.CancelAsync();
        await Task.WhenAll(listing);

        Assert.Equal(ids.Order(), (await _store.Rooms.ListAsync("alice", null, 200, Token)).Select(room => room.Id));
    }

    private async Task MakeAsync(RedisStore? store = null)
    {
        store ??= _store;
        Assert.True(await store.Rooms.TryCreateAsync(Room(_id), Token));
        await store.Log.AppendAsync(Channel);
        await store.Receipts.RaiseAsync(Channel, "alice", 1, 1, Token);
    }

    private Room Room(Guid id, IReadOnlySet<string>? members = null) => new()
    {
        Id = id,
        IsPublic = true,
        Members = members ?? new HashSet<string>(["alice", "bob"], StringComparer.Ordinal),
        Metadata = "{}"u8.ToArray(),
        CreatedAt = _time.GetUtcNow(),
    };

    /// <summary>Nobody waits for the refresh, so it shows a moment later.</summary>
    private async Task ExpectLivesAsync()
    {
        foreach (var (key, life) in Keys) await ExpectLifeAsync(key, life);
    }

    private Task ExpectLifeAsync(string key, double life) =>
        Eventually.TrueAsync($"{key} lives {life} hours", async () => await LifeAsync(key) is var left && left > life - 0.1 && left <= life);

    private async Task<double> LifeAsync(string key) =>
        (await _redis.Server.Redis.ExecuteAsync(new("PTTL", key), Token)).AsInteger() is var life && life < 0 ? life : life / 3.6e6;
}
