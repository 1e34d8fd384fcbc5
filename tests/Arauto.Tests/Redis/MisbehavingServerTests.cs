using System.Collections.Concurrent;
using System.Diagnostics;
using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A server that says what it must not, or nothing.</summary>
public sealed class MisbehavingServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_that_come_byte_by_byte_are_whole()
    {
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "GET") return false;
            await peer.SendAsync([.. "*2\r\n$3\r\nabc\r\n%1\r\n+x\r\n:7\r\n".Select(c => $"{c}")]);
            return true;
        });
        await using var redis = Connect(server);
        for (var i = 0; i < 20; i++) Assert.Equal(7, (await RunAsync(redis, "GET", "a")).Items[1].Items[1].Integer);
    }

    [Theory]
    [InlineData("What?\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("*2000000000\r\n")]
    [InlineData("+one\r\n+two too many\r\n")]
    public async Task What_cannot_be_understood_ends_the_connection_and_another_is_made(string nonsense)
    {
        var isSpoilt = true;
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "GET" || !isSpoilt) return false;
            isSpoilt = false;
            await peer.SendAsync(nonsense);
            return true;
        });
        await using var redis = Connect(server);
        var first = RunAsync(redis, "GET", "a");
        if (nonsense[0] == '+') Assert.Equal("one", (await first).AsString());
        else await Assert.ThrowsAsync<RedisUnavailableException>(() => first);
        await Eventually.TrueAsync("another connection works", async () => redis.IsConnected && await TryAsync(redis) && server.Connections >= 3);
    }

    [Fact]
    public async Task A_close_in_the_middle_of_a_reply_fails_what_waits_and_nothing_is_sent_twice()
    {
        var sets = new ConcurrentQueue<string>();
        var bothSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] == "SET") sets.Enqueue(command[2]);
            if (command[0] != "GET") return false;
            await bothSent.Task;
            await peer.SendAsync("*3\r\n$3\r\nabc\r\n$10\r\nde");
            peer.Dispose();
            return true;
        });
        await using var redis = Connect(server);
        Assert.Equal("OK", (await RunAsync(redis, "SET", "a", "1")).AsString());
        var waiting = new[] { RunAsync(redis, "GET", "a"), RunAsync(redis, "SET", "a", "2") };
        bothSent.SetResult();
        foreach (var one in waiting) await Assert.ThrowsAsync<RedisUnavailableException>(() => one);
        await Eventually.TrueAsync("it is connected again", () => redis.IsConnected);
        Assert.Equal("OK", (await RunAsync(redis, "SET", "a", "3")).AsString());
        Assert.Equal(sets.Distinct(), sets);
    }

    [Fact]
    public async Task Pushes_nobody_knows_are_passed_over()
    {
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "GET") return false;
            await peer.SendAsync(">2\r\n+invalidate\r\n*1\r\n+a\r\n>1\r\n:5\r\n$1\r\nx\r\n>3\r\n+message\r\n_\r\n_\r\n");
            return true;
        });
        await using var redis = Connect(server);
        await Eventually.TrueAsync("both connections are there", () => redis.IsConnected);
        for (var i = 0; i < 3; i++) Assert.Equal("x", (await RunAsync(redis, "GET", "a")).AsString());
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_server_that_never_greets_is_given_up_in_time()
    {
        await using var server = new ScriptedRedis((_, _) => Task.FromResult(true));
        await using var redis = Connect(server, connectTimeout: TimeSpan.FromMilliseconds(200));
        await Eventually.TrueAsync("it says why", () => redis.Trouble?.Contains("did not answer within 0.2 s", StringComparison.Ordinal) == true);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "GET", "a"));
    }

    [Fact]
    public async Task A_server_that_falls_silent_fails_commands_in_time_and_is_left()
    {
        await using var server = new ScriptedRedis((_, command) => Task.FromResult(command[0] is "GET"));
        await using var redis = Connect(server, commandTimeout: TimeSpan.FromMilliseconds(300));
        // The connection must be made within that time too.
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "GET", "a"));
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(290), TimeSpan.FromSeconds(3));
        await Eventually.TrueAsync("another connection is made", () => server.Connections >= 3);
    }

    [Fact]
    public async Task A_server_that_loads_is_waited_for()
    {
        var isLoading = true;
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "PING" || !isLoading) return false;
            await peer.SendAsync("-LOADING Redis is loading the dataset in memory\r\n");
            return true;
        });
        await using var redis = Connect(server);
        await Eventually.TrueAsync("it says why", () => redis.Trouble?.Contains("LOADING", StringComparison.Ordinal) == true);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "GET", "a"));
        isLoading = false;
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
    }

    [Fact]
    public async Task A_server_that_is_no_master_is_not_used_until_it_is_one()
    {
        var isReplica = true;
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "ROLE" || !isReplica) return false;
            await peer.SendAsync("*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:6379\r\n$9\r\nconnected\r\n:0\r\n");
            return true;
        });
        await using var redis = Connect(server);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "SET", "a", "1"));
        Assert.Contains("It is a replica; the master is needed.", redis.Trouble, StringComparison.Ordinal);
        isReplica = false;
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
    }

    [Theory]
    [InlineData("READONLY You can't write against a read only replica.", true)]
    [InlineData("NOAUTH Authentication required.", true)]
    [InlineData("BUSY Redis is busy running a script.", false)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", false)]
    public async Task An_error_that_passes_is_no_answer(string error, bool isOtherConnectionNeeded)
    {
        var isFailing = true;
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "SET" || !isFailing) return false;
            isFailing = false;
            await peer.SendAsync($"-{error}\r\n");
            return true;
        });
        await using var redis = Connect(server);
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
        var e = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "SET", "a", "1"));
        Assert.Contains(error, e.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync("it works again", () => TryAsync(redis));
        Assert.Equal(isOtherConnectionNeeded ? 3 : 2, server.Connections);
    }

    [Fact]
    public async Task A_subscription_that_the_server_forgot_is_made_again()
    {
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            // On the first connection it confirms and then knows nothing of it.
            if (command is not ["CLIENT", "INFO"]) return false;
            await peer.SendAsync(peer.Number <= 2 ? "+id=7 sub=0 psub=0 ssub=0\r\n" : "+id=8 sub=1 psub=0 ssub=0\r\n");
            return true;
        });
        await using var redis = Connect(server);
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("t"), topic);
        await Eventually.TrueAsync("it is subscribed a second time", () => topic.Subscriptions == 2);
        Assert.Equal(3, server.Connections);
    }

    [Fact]
    public async Task A_subscription_that_is_never_confirmed_is_asked_for_again()
    {
        var asked = 0;
        await using var server = new ScriptedRedis((_, command) => Task.FromResult(command[0] == "SUBSCRIBE" && Interlocked.Increment(ref asked) == 1));
        await using var redis = Connect(server, commandTimeout: TimeSpan.FromMilliseconds(300));
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("t"), topic);
        // The second answer is taken for the first, and then the replies are out of step: a new connection puts that right.
        await Eventually.TrueAsync("it is confirmed in the end", () => redis.IsSubscribed(RedisTopic.Exact("t")) && Volatile.Read(ref asked) >= 3);
    }

    [Fact]
    public async Task A_topic_that_could_not_be_given_up_is_gone_with_its_connection()
    {
        await using var server = new ScriptedRedis((_, command) => Task.FromResult(command[0] == "UNSUBSCRIBE"));
        await using var redis = Connect(server, commandTimeout: TimeSpan.FromMilliseconds(300));
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("a"), topic);
        redis.Subscribe(RedisTopic.Exact("b"), topic);
        await Eventually.TrueAsync("both are confirmed", () => redis.IsSubscribed(RedisTopic.Exact("a")) && redis.IsSubscribed(RedisTopic.Exact("b")));
        var before = server.Connections;
        redis.Unsubscribe(RedisTopic.Exact("a"));
        await Eventually.TrueAsync("the other is confirmed on a new connection", () => server.Connections > before && redis.IsSubscribed(RedisTopic.Exact("b")));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        await using var server = new ScriptedRedis((_, command) => Task.FromResult(command[0] == "GET"));
        Assert.True(RedisAddress.TryParse(server.Url, out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address!, MaxPendingCommands = 10, MaxPendingBytes = 1000 });
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
        var waiting = Enumerable.Range(0, 10).Select(_ => RunAsync(redis, "GET", "a")).ToArray();
        var watch = Stopwatch.StartNew();
        var tooMany = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "GET", "a"));
        Assert.Contains("10 commands wait", tooMany.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1));
        foreach (var one in waiting) await Assert.ThrowsAsync<RedisUnavailableException>(() => one);
    }

    [Fact]
    public async Task The_queue_before_the_first_connection_is_bounded_in_bytes_too()
    {
        await using var server = new ScriptedRedis((_, _) => Task.FromResult(true));
        Assert.True(RedisAddress.TryParse(server.Url, out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address!, MaxPendingBytes = 1000 });
        var waiting = RunAsync(redis, "SET", "a", new byte[600]);
        var tooMany = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "SET", "a", new byte[600]));
        Assert.Contains("More than 1000 bytes wait for the first connection", tooMany.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => waiting);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_is_not_sent_again_when_its_script_is_lost()
    {
        var commands = new ConcurrentQueue<string>();
        var answer = new TaskCompletionSource();
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0].StartsWith("EVAL", StringComparison.Ordinal)) commands.Enqueue(command[0]);
            if (command[0] != "EVALSHA") return false;
            await answer.Task;
            await peer.SendAsync("-NOSCRIPT No matching script.\r\n");
            return true;
        });
        await using var redis = Connect(server, commandTimeout: TimeSpan.FromSeconds(20));
        var call = RedisCommand.Call(new RedisScript("return 1"), ["a"], []);
        await redis.ExecuteAsync(call, Cancellation);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var cancelled = redis.ExecuteAsync(call, cancel.Token).AsTask();
        await Eventually.TrueAsync("the server has it", () => commands.Contains("EVALSHA"));
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled);
        answer.SetResult();
        // The second of these is sent after the reply to the lost call was read.
        for (var i = 0; i < 2; i++) await RunAsync(redis, "PING");
        Assert.Equal(["EVAL", "EVALSHA"], commands);
    }

    [Fact]
    public async Task A_command_larger_than_the_queue_is_refused()
    {
        await using var server = new ScriptedRedis((_, _) => Task.FromResult(false));
        Assert.True(RedisAddress.TryParse(server.Url, out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address!, MaxPendingBytes = 1000 });
        var tooLarge = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "SET", "a", new byte[1000]));
        Assert.Contains("More than 1000 bytes", tooLarge.Message, StringComparison.Ordinal);
        await RunAsync(redis, "SET", "a", new byte[800]);
    }

    private static RedisClient Connect(ScriptedRedis server, TimeSpan? commandTimeout = null, TimeSpan? connectTimeout = null)
    {
        Assert.True(RedisAddress.TryParse(server.Url, out var address));
        var usual = new RedisClientOptions { Address = address! };
        return RedisServer.Connect(new RedisClientOptions { Address = address!, CommandTimeout = commandTimeout ?? usual.CommandTimeout, ConnectTimeout = connectTimeout ?? usual.ConnectTimeout });
    }

    private static async ValueTask<bool> TryAsync(RedisClient redis)
    {
        try
        {
            await RunAsync(redis, "SET", "a", "1");
            return true;
        }
        catch (RedisUnavailableException)
        {
            return false;
        }
    }

    private static Task<RedisReply> RunAsync(RedisClient redis, string name, params RedisArg[] args) => redis.ExecuteAsync(new RedisCommand(name, args), Cancellation).AsTask();
}
