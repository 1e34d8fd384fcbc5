using Arauto.Logs;
using Arauto.Rooms;
using Arauto.Stores;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Stores.Redis;

/// <summary>A server that takes no writes refuses publishers and still serves readers.</summary>
public sealed class RedisFullTests
{
    [Theory]
    [InlineData("maxmemory", "1", "0")]
    [InlineData("min-replicas-to-write", "1", "0")]
    public async Task A_server_that_takes_no_writes_can_be_read_and_heals(string setting, string full, string free)
    {
        var token = TestContext.Current.CancellationToken;
        var time = new ManualTimeProvider();
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "noeviction");
        await Eventually.TrueAsync("the client is connected", () => server.Redis.IsConnected);
        var store = new RedisStore(server.Redis, "", new RedisStoreOptions(), time, NullLoggerFactory.Instance);
        var retention = new Retention(0, TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++) await store.Log.AppendAsync("doc:a", retention: retention, now: time.GetUtcNow());
        await server.CommandAsync("PEXPIRE", "arauto:state:{c:doc:a}", 60_000);
        await server.CommandAsync("CONFIG", "SET", setting, full);
        // Old messages wait to be trimmed, and a life to be renewed.
        time.Advance(TimeSpan.FromHours(2));

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Log.AppendAsync("doc:a"));
        // One of which nothing is there yet, and a room likewise.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Log.AppendAsync("doc:b"));
        var room = new Room { Id = Guid.CreateVersion7(), IsPublic = true, Members = new HashSet<string>(), Metadata = "{}"u8.ToArray(), CreatedAt = time.GetUtcNow() };
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Rooms.TryCreateAsync(room, token));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CheckAsync(token));
        Assert.Equal(3, (await store.Log.ReadAsync("doc:a")).Top);
        Assert.Equal([3, 0], (await store.Log.ReadTopsAsync(["doc:a", "doc:b"], token)).Select(top => top.Offset));
        Assert.True(await server.Redis.AnswersAsync(store.PartOf("doc:a"), token));

        await server.CommandAsync("CONFIG", "SET", setting, free);
        await store.CheckAsync(token);
        Assert.Equal(4, (await store.Log.AppendAsync("doc:a", retention: retention, now: time.GetUtcNow())).Position.Offset);
        Assert.Equal(4, (await store.Log.ReadAsync("doc:a")).Oldest);
    }
}
