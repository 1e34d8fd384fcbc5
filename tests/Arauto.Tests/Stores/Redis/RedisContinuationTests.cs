using System.Net;
using System.Net.Sockets;
using System.Text;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Redis;
using Arauto.Stores;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Stores.Redis;

/// <summary>What becomes of positions when a server restarts, loses its data, or another takes its place.</summary>
public sealed class RedisContinuationTests
{
    private const string Channel = "doc:a";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_restart_with_its_data_the_log_goes_on_and_nothing_is_missing()
    {
        await using var server = await RedisServer.StartAsync("--appendfsync", "always");
        var log = Log(server.Redis);
        await ConnectedAsync(server.Redis);
        var first = await log.AppendAsync(Channel, key: "k");
        var last = await log.AppendAsync(Channel);
        var unwritten = (await log.ReadTopsAsync(["doc:b"], Token))[0];
        await KillAsync(server);
        await server.RestartAsync(keepData: true);

        await ConnectedAsync(server.Redis);
        Assert.Equal([last.Position], await log.ReadTopsAsync([Channel], Token));
        var next = await log.AppendAsync(Channel);

        Assert.NotEqual(last.Position.Epoch, next.Position.Epoch);
        Assert.Equal(3, next.Position.Offset);
        var page = await log.ReadAsync(Channel);
        Assert.Equal([1, 2, 3], page.Messages.Select(message => message.Position.Offset));
        Assert.Equal(new Continuation(next.Position with { Offset = 2 }, null), page.Resolve(last.Position));
        Assert.Equal(new Continuation(next.Position with { Offset = 0 }, null), page.Resolve(first.Position with { Offset = 0 }));
        Assert.Null((await log.ReadAsync("doc:b")).Resolve(unwritten).Gap);
        // The answer to a key is the first one, in the words of then.
        Assert.Equal(first with { IsDuplicate = true }, await log.AppendAsync(Channel, key: "k"));
        Assert.Equal(next.Position.Epoch, (await log.AppendAsync(Channel)).Position.Epoch);
    }

    [Fact]
    public async Task After_a_restart_without_its_data_no_position_is_of_the_new_log()
    {
        await using var server = await RedisServer.StartAsync();
        var log = Log(server.Redis);
        await ConnectedAsync(server.Redis);
        var lost = await log.AppendAsync(Channel, key: "k");
        var unwritten = (await log.ReadTopsAsync(["doc:b"], Token))[0];
        await KillAsync(server);
        await server.RestartAsync(keepData: false);

        await ConnectedAsync(server.Redis);
        Assert.Equal(new Continuation(new Position((await log.ReadAsync(Channel)).Epoch, 0), GapReason.EpochChanged), (await log.ReadAsync(Channel)).Resolve(lost.Position));
        var again = await log.AppendAsync(Channel, key: "k");

        Assert.False(again.IsDuplicate);
        Assert.Equal(1, again.Position.Offset);
        Assert.NotEqual(lost.Position.Epoch, again.Position.Epoch);
        var page = await log.ReadAsync(Channel);
        Assert.Equal(GapReason.EpochChanged, page.Resolve(lost.Position).Gap);
        Assert.Equal(GapReason.EpochChanged, (await log.ReadAsync("doc:b")).Resolve(unwritten).Gap);
    }

    [Fact]
    public async Task What_a_replica_did_not_get_is_refused_to_the_publisher_and_never_taken_for_what_comes_instead()
    {
        await using var master = await RedisServer.StartAsync();
        await using var replica = await ReplicaAsync(master);
        var log = Log(master.Redis);
        var kept = await log.AppendAsync(Channel);
        await HasReplicaAsync(master);
        replica.Pause();
        // The client may learn of the replica only now.
        StoreUnavailableException? failure = null;
        await Eventually.TrueAsync("an append is refused", async () => (failure = await RefusalAsync(log)) is not null);
        Assert.Contains("replica", failure!.Message, StringComparison.Ordinal);
        var seen = (await log.ReadTopsAsync([Channel], Token))[0];
        Assert.True(seen.Offset > 1);
        master.Kill();
        // What waits in its sockets must not come through after all.
        replica.Kill();
        await replica.RestartAsync(keepData: true);
        await TellAsync(replica, "REPLICAOF NO ONE");
        await ConnectedAsync(replica.Redis);

        log = Log(replica.Redis);
        Assert.Equal(new Continuation(kept.Position, GapReason.EpochChanged), (await log.ReadAsync(Channel, after: seen.Offset)).Resolve(seen));
        var instead = await log.AppendAsync(Channel);

        Assert.Equal(2, instead.Position.Offset);
        Assert.NotEqual(seen.Epoch, instead.Position.Epoch);
        var page = await log.ReadAsync(Channel);
        Assert.Equal(new Continuation(instead.Position with { Offset = 1 }, null), page.Resolve(kept.Position));
        Assert.Equal(new Continuation(instead.Position with { Offset = 1 }, GapReason.EpochChanged), page.Resolve(seen));
    }

    [Fact]
    public async Task A_master_that_was_a_replica_meanwhile_continues_in_another_epoch_though_its_process_is_the_same()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await ReplicaAsync(first);
        var log = Log(first.Redis);
        var before = await log.AppendAsync(Channel);
        await HasReplicaAsync(first);
        await TellAsync(second, "REPLICAOF NO ONE");
        await TellAsync(first, $"REPLICAOF 127.0.0.1 {second.Port}");
        await HasReplicaAsync(second);
        await TellAsync(first, "REPLICAOF NO ONE");
        await ConnectedAsync(first.Redis);

        // The client may wait for the replica that is gone, until it has looked again.
        AppendResult after = default;
        await Eventually.TrueAsync("an append is confirmed", async () => (after = await log.TryAppendAsync(Channel, "k") ?? default) != default);

        Assert.Equal(2, after.Position.Offset);
        Assert.NotEqual(before.Position.Epoch, after.Position.Epoch);
        Assert.Null((await log.ReadAsync(Channel)).Resolve(before.Position).Gap);
    }

    [Fact]
    public async Task The_last_eight_epochs_are_remembered_and_one_before_them_is_a_gap()
    {
        await using var server = await RedisServer.StartAsync();
        await ConnectedAsync(server.Redis);
        var log = Log(server.Redis);
        var positions = new List<Position>();
        for (var i = 0; i < 10; i++)
        {
            positions.Add((await log.AppendAsync(Channel)).Position);
            // As if another server had appended.
            await server.CommandAsync("HSET", $"arauto:state:{{c:{Channel}}}", "r", $"another {i}");
        }

        var page = await log.ReadAsync(Channel);

        Assert.Equal(10, positions.Select(position => position.Epoch).Distinct().Count());
        Assert.Equal(8, page.Past.Count);
        Assert.All(positions.Skip(1), position => Assert.Equal(new Continuation(new Position(page.Epoch, position.Offset), null), page.Resolve(position)));
        Assert.Equal(GapReason.EpochChanged, page.Resolve(positions[0]).Gap);
    }

    [Fact]
    public async Task A_redis_that_is_away_is_a_store_that_is_away_and_the_key_tells_later_what_became_of_it()
    {
        await using var server = await RedisServer.StartAsync("--appendfsync", "always");
        await ConnectedAsync(server.Redis);
        var store = new RedisStore(server.Redis, "", new RedisStoreOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Token);
        var first = await store.Log.AppendAsync(Channel, key: "k");
        server.Kill();

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Log.AppendAsync(Channel, key: "k"));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Log.ReadAsync(Channel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Log.ReadTopsAsync([Channel], Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Rooms.FindAsync(Guid.Empty, Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CheckAsync(Token));
        await server.RestartAsync(keepData: true);
        await ConnectedAsync(server.Redis);

        Assert.Equal(first with { IsDuplicate = true }, await store.Log.AppendAsync(Channel, key: "k"));
    }

    private static IChannelLog Log(IRedis redis) => new RedisStore(redis, "", new RedisStoreOptions(), TimeProvider.System, NullLoggerFactory.Instance).Log;

    private static Task ConnectedAsync(IRedis redis) => Eventually.TrueAsync("the client is connected", () => redis.IsConnected);

    private static async Task<StoreUnavailableException?> RefusalAsync(IChannelLog log)
    {
        try
        {
            await log.AppendAsync(Channel);
            return null;
        }
        catch (StoreUnavailableException exception)
        {
            return exception;
        }
    }

    private static async Task<RedisServer> ReplicaAsync(RedisServer master)
    {
        var replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {master.Port}");
        await master.CommandAsync("CONFIG", "SET", "repl-diskless-sync-delay", "0");
        await HasReplicaAsync(master);
        return replica;
    }

    /// <summary>kill -9, noticed by the client: what it says of its connection from now on is of the next one.</summary>
    private static async Task KillAsync(RedisServer server)
    {
        server.Kill();
        await Eventually.TrueAsync("the client has noticed", () => !server.Redis.IsConnected);
    }

    private static Task HasReplicaAsync(RedisServer master) => Eventually.TrueAsync("the replica has all of the master's data", async () =>
    {
        var role = await master.CommandAsync("ROLE");
        return role.Items[2].Items is [var replica] && replica.Items[2].AsInteger() == role.Items[1].AsInteger();
    });

    /// <summary>Our client has nothing to say to a replica.</summary>
    private static async Task TellAsync(RedisServer server, string command)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Port, Token);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal("+OK", await reader.ReadLineAsync(Token));
    }
}
