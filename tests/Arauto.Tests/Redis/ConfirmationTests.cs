using System.Collections.Concurrent;
using System.Diagnostics;
using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>Commands that a replica must have before they are answered, and a replica that hangs or goes.</summary>
public sealed class ConfirmationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_hangs_holds_up_others_for_a_second_at_most_and_confirms_again_when_it_is_back()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await WriteAsync(pair.Client, "before");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var load = new Load(pair.Client, enough.Token);
        await Eventually.TrueAsync("writes are confirmed", () => load.Confirmed > 100);
        pair.Replica.Pause();
        var confirmed = load.Confirmed;
        await Eventually.TrueAsync("writes are refused", () => load.Refused.Count > 500);
        // Those that the replica had taken before it stopped may still count.
        Assert.InRange(load.Confirmed - confirmed, 0, Load.Writers);
        Assert.All(load.Refused, reason => Assert.Contains("not confirmed by a replica", reason, StringComparison.Ordinal));
        pair.Replica.Resume();
        confirmed = load.Confirmed;
        await Eventually.TrueAsync("writes are confirmed again", () => load.Confirmed > confirmed + 100);
        await enough.CancelAsync();
        Assert.InRange(await load.LongestPingAsync(), TimeSpan.Zero, Load.LongestPing);
        // One that the replica confirms too late on a busy machine is refused like any other.
        await Eventually.TrueAsync("a write is confirmed", () => TryWriteAsync(pair.Client, "after"));
        Assert.Equal("1", (await pair.Replica.AskAsync("GET", "after")).AsString());
    }

    [Fact]
    public async Task The_last_replica_that_dies_is_waited_for_once_and_then_none_is_needed()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var load = new Load(pair.Client, enough.Token);
        await Eventually.TrueAsync("writes are confirmed", () => load.Confirmed > 100);
        pair.Replica.Kill();
        var confirmed = load.Confirmed;
        await Eventually.TrueAsync("writes go on without it", () => load.Confirmed > confirmed + 500);
        await enough.CancelAsync();
        Assert.All(load.Refused, reason => Assert.Contains("not confirmed by a replica", reason, StringComparison.Ordinal));
        Assert.InRange(load.Refused.Count, 0, 3 * Load.Writers);
        Assert.InRange(await load.LongestPingAsync(), TimeSpan.Zero, Load.LongestPing);
    }

    [Fact]
    public async Task One_WAIT_is_on_its_way_and_the_next_confirms_all_that_came_meanwhile()
    {
        var waits = 0;
        var release = new TaskCompletionSource();
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] == "ROLE") await peer.SendAsync(Role(offset: 100, confirmed: 100));
            if (command[0] != "WAIT") return command[0] == "ROLE";
            // As a server does, it takes nothing else of this connection before it has answered.
            if (Interlocked.Increment(ref waits) == 1) await release.Task;
            await peer.SendAsync(":1\r\n");
            return true;
        });
        await using var redis = RedisServer.Connect(server.Url);
        var first = WriteAsync(redis, "a");
        await Eventually.TrueAsync("the first is asked about", () => Volatile.Read(ref waits) == 1);
        var others = new List<Task>();
        for (var i = 0; i < 200; i++)
        {
            others.Add(WriteAsync(redis, $"b{i}"));
            await Task.Yield();
        }
        release.SetResult();
        await Eventually.EndsAsync("all are confirmed", Task.WhenAll([first, .. others]));
        Assert.Equal(2, waits);
    }

    [Fact]
    public async Task After_a_WAIT_that_came_short_none_follows_before_a_replica_has_what_it_owed()
    {
        var waits = 0;
        var role = Role(offset: 100, confirmed: 50);
        await using var server = WithReplica(() => Volatile.Read(ref role), () => Interlocked.Increment(ref waits) - 1);
        await using var redis = RedisServer.Connect(server.Url);
        Assert.False(await TryWriteAsync(redis));
        Assert.False(await TryWriteAsync(redis));
        Volatile.Write(ref role, Role(offset: 200, confirmed: 99));
        Assert.False(await TryWriteAsync(redis));
        Assert.Equal(1, waits);
        Volatile.Write(ref role, Role(offset: 200, confirmed: 100));
        Assert.True(await TryWriteAsync(redis));
        Assert.Equal(2, waits);
    }

    [Fact]
    public async Task After_a_WAIT_that_came_short_none_follows_if_there_is_no_replica_any_more()
    {
        var waits = 0;
        var role = Role(offset: 100, confirmed: 50);
        await using var server = WithReplica(() => Volatile.Read(ref role), () => Interlocked.Increment(ref waits) - 1);
        await using var redis = RedisServer.Connect(server.Url);
        Assert.False(await TryWriteAsync(redis));
        Volatile.Write(ref role, "*3\r\n$6\r\nmaster\r\n:100\r\n*0\r\n");
        await Eventually.TrueAsync("writes need none", () => TryWriteAsync(redis));
        Assert.Equal(1, waits);
    }

    [Fact]
    public async Task What_waits_for_a_replica_fails_with_the_connection()
    {
        var waits = 0;
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] == "ROLE") await peer.SendAsync(Role(offset: 100, confirmed: 100));
            if (command[0] == "WAIT") Interlocked.Increment(ref waits);
            if (command is ["SET", "end", ..]) peer.Dispose();
            return command[0] is "ROLE" or "WAIT";
        });
        await using var redis = RedisServer.Connect(server.Url);
        var first = WriteAsync(redis, "a");
        await Eventually.TrueAsync("it is asked about", () => Volatile.Read(ref waits) == 1);
        var others = new[] { WriteAsync(redis, "b"), WriteAsync(redis, "end") };
        foreach (var one in others.Append(first)) await Assert.ThrowsAsync<RedisUnavailableException>(() => one);
    }

    /// <summary>A master that says what it is asked to about its replica.</summary>
    /// <param name="role">Its answer to <c>ROLE</c>.</param>
    /// <param name="confirming">Its answer to <c>WAIT</c>.</param>
    private static ScriptedRedis WithReplica(Func<string> role, Func<int> confirming) => new(async (peer, command) =>
    {
        if (command[0] == "ROLE") await peer.SendAsync(role());
        if (command[0] == "WAIT") await peer.SendAsync($":{confirming()}\r\n");
        return command[0] is "ROLE" or "WAIT";
    });

    private static string Role(long offset, long confirmed) => $"*3\r\n$6\r\nmaster\r\n:{offset}\r\n*1\r\n*3\r\n+127.0.0.1\r\n+6379\r\n+{confirmed}\r\n";

    private static Task<RedisReply> WriteAsync(RedisClient redis, string key) =>
        redis.ExecuteAsync(new RedisCommand("SET", key, 1) { IsReplicated = true }, Cancellation).AsTask();

    private static async ValueTask<bool> TryWriteAsync(RedisClient redis, string key = "a")
    {
        try
        {
            await WriteAsync(redis, key);
            return true;
        }
        catch (RedisUnavailableException e)
        {
            Assert.Contains("not confirmed by a replica", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    /// <summary>Replicated writes of many at once, and one command after the other that needs no replica.</summary>
    private sealed class Load
    {
        public const int Writers = 20;

        /// <summary>A WAIT ends after a second, and one for each writer would be twenty; the rest is for a machine that pauses.</summary>
        public static readonly TimeSpan LongestPing = TimeSpan.FromSeconds(5);

        private readonly RedisClient _redis;
        private readonly CancellationToken _enough;
        private readonly Task[] _writing;
        private readonly Task<TimeSpan> _pinging;
        private int _confirmed;

        public Load(RedisClient redis, CancellationToken enough)
        {
            _redis = redis;
            _enough = enough;
            _writing = [.. Enumerable.Range(0, Writers).Select(i => Task.Run(() => WriteAllAsync($"k{i}")))];
            _pinging = Task.Run(PingAsync);
        }

        public int Confirmed => Volatile.Read(ref _confirmed);

        public ConcurrentQueue<string> Refused { get; } = [];

        /// <summary>How long the slowest of the others took. Called when the load is over.</summary>
        public async Task<TimeSpan> LongestPingAsync()
        {
            await Task.WhenAll(_writing);
            var longest = await _pinging;
            TestContext.Current.TestOutputHelper?.WriteLine($"The slowest PING took {longest.TotalMilliseconds:0} ms; {Confirmed} writes were confirmed, {Refused.Count} refused.");
            return longest;
        }

        private async Task WriteAllAsync(string key)
        {
            while (!_enough.IsCancellationRequested)
            {
                try
                {
                    await WriteAsync(_redis, key);
                    Interlocked.Increment(ref _confirmed);
                }
                catch (RedisUnavailableException e)
                {
                    Refused.Enqueue(e.Message);
                }
                await Task.Delay(1, CancellationToken.None);
            }
        }

        private async Task<TimeSpan> PingAsync()
        {
            var longest = TimeSpan.Zero;
            while (!_enough.IsCancellationRequested)
            {
                var watch = Stopwatch.StartNew();
                await _redis.ExecuteAsync(new RedisCommand("PING"), CancellationToken.None);
                if (watch.Elapsed > longest) longest = watch.Elapsed;
            }
            return longest;
        }
    }
}
