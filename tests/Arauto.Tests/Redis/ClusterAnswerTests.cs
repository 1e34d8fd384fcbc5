using System.Diagnostics;
using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>Nodes of a Cluster that answer what they must not, or too late.</summary>
public sealed class ClusterAnswerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HELLO")]
    [InlineData("GET")]
    public async Task A_command_that_follows_its_slot_ends_in_the_time_of_one_command(string unanswered)
    {
        await using var silent = new ScriptedRedis((_, command) => Task.FromResult(command[0] == unanswered));
        await using var pointing = new ScriptedRedis(async (peer, command) =>
        {
            if (await AnswerSlotsAsync(peer, command)) return true;
            if (command[0] != "GET") return false;
            // A server that is slow, not a test that waits.
            await Task.Delay(TimeSpan.FromSeconds(3.5), Cancellation);
            await peer.SendAsync($"-MOVED 0 127.0.0.1:{silent.Port}\r\n");
            return true;
        });
        await using var redis = await ConnectAsync(pointing, commandTimeout: TimeSpan.FromSeconds(4));
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "GET", "a"));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData("*0\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("*1\r\n*2\r\n:0\r\n:16383\r\n")]
    [InlineData("*1\r\n*3\r\n:5\r\n:16384\r\n*2\r\n+127.0.0.1\r\n:6379\r\n")]
    public async Task A_node_that_knows_of_no_slots_is_not_believed(string nonsense)
    {
        var isReset = false;
        var looks = 0;
        await using var node = new ScriptedRedis(async (peer, command) =>
        {
            if (command is ["CLUSTER", "SLOTS"]) Interlocked.Increment(ref looks);
            if (command[0] == "SET") await peer.SendAsync("-CLUSTERDOWN The cluster is down\r\n");
            else if (command is not ["CLUSTER", "SLOTS"] || !Volatile.Read(ref isReset)) return await AnswerSlotsAsync(peer, command);
            else await peer.SendAsync(nonsense);
            return true;
        });
        await using var redis = await ConnectAsync(node);
        Volatile.Write(ref isReset, true);
        var before = Volatile.Read(ref looks);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "SET", "a", "1"));
        await Eventually.TrueAsync("it says so", () => redis.Trouble?.StartsWith("No node of the Cluster tells its slots.", StringComparison.Ordinal) == true);
        Assert.True(looks > before);
        Assert.Equal("OK", (await RunAsync(redis, "GET", "a")).AsString());
        Volatile.Write(ref isReset, false);
        await Eventually.TrueAsync("all is well again", () => redis.IsConnected);
    }

    [Fact]
    public async Task A_Cluster_that_is_down_is_looked_at_again_at_once()
    {
        var looks = 0;
        await using var node = new ScriptedRedis(async (peer, command) =>
        {
            if (command is ["CLUSTER", "SLOTS"]) Interlocked.Increment(ref looks);
            if (command[0] != "SET") return await AnswerSlotsAsync(peer, command);
            await peer.SendAsync("-CLUSTERDOWN The cluster is down\r\n");
            return true;
        });
        await using var redis = await ConnectAsync(node);
        // Unasked it looks every five seconds: three looks within that time are those that were asked for.
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++)
        {
            var before = Volatile.Read(ref looks);
            var e = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "SET", "a", "1"));
            Assert.True(e.IsAnswer);
            await Eventually.TrueAsync("it is looked at", () => Volatile.Read(ref looks) > before);
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }

    /// <summary>The server that answers has all slots.</summary>
    private static async Task<bool> AnswerSlotsAsync(ScriptedPeer peer, string[] command)
    {
        if (command is not ["CLUSTER", "SLOTS"]) return false;
        await peer.SendAsync($"*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n+127.0.0.1\r\n:{peer.ServerPort}\r\n");
        return true;
    }

    private static async Task<RedisClient> ConnectAsync(ScriptedRedis node, TimeSpan? commandTimeout = null)
    {
        Assert.True(RedisAddress.TryParse($"redis+cluster://127.0.0.1:{node.Port}", out var address));
        var redis = RedisServer.Connect(new RedisClientOptions { Address = address!, CommandTimeout = commandTimeout ?? new RedisClientOptions { Address = address! }.CommandTimeout });
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
        return redis;
    }

    private static Task<RedisReply> RunAsync(RedisClient redis, string name, params RedisArg[] args) => redis.ExecuteAsync(new RedisCommand(name, args), Cancellation).AsTask();
}
