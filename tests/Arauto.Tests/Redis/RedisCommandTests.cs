using System.Text;
using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>Commands over a real redis-server.</summary>
public sealed class RedisCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_of_every_kind_come_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        Assert.Equal("OK", (await Run(redis, "SET", "a", "1")).AsString());
        Assert.Equal("1", (await Run(redis, "GET", "a")).AsString());
        Assert.Equal(2, (await Run(redis, "INCR", "a")).AsInteger());
        Assert.True((await Run(redis, "GET", "nothing")).IsNull);
        await Run(redis, "HSET", "h", "x", 1, "y", "2");
        var map = await Run(redis, "HGETALL", "h");
        Assert.Equal(["x", "1", "y", "2"], map.Items.ToArray().Select(item => item.AsString()));
        Assert.Equal(0, (await Run(redis, "HGETALL", "nothing")).Items.Length);
        Assert.Equal("1.5", (await Run(redis, "ZINCRBY", "z", "1.5", "m")).AsString());
    }

    [Fact]
    public async Task An_error_says_what_the_server_said()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        await Run(redis, "SET", "a", "text");
        var wrong = await Assert.ThrowsAsync<RedisException>(() => Run(redis, "LPUSH", "a", "1"));
        Assert.Equal("WRONGTYPE", wrong.Code);
        Assert.Equal("text", (await Run(redis, "GET", "a")).AsString());
    }

    [Fact]
    public async Task A_megabyte_goes_there_and_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var random = Seed.CreateRandom();
        for (var i = 0; i < 20; i++)
        {
            var bytes = new byte[1024 * 1024 + random.Next(3)];
            random.NextBytes(bytes);
            await Run(redis, "SET", "big", bytes);
            Assert.True((await Run(redis, "GET", "big")).Bytes.Span.SequenceEqual(bytes));
        }
    }

    [Fact]
    public async Task Commands_of_many_tasks_keep_their_order_per_task()
    {
        await using var server = await RedisServer.StartAsync();
        Assert.True(RedisAddress.TryParse(server.Url, out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address!, MaxPendingCommands = 100_000, CommandTimeout = TimeSpan.FromSeconds(60) });
        await Task.WhenAll(Enumerable.Range(0, 50).Select(task => Task.Run(() => CountUpAsync(redis, $"counter:{task}", 2000))));
    }

    [Fact]
    public async Task A_script_is_sent_once_and_called_by_its_hash()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var script = new RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");
        var calls = Enumerable.Range(0, 10).Select(_ => redis.ExecuteAsync(RedisCommand.Call(script, ["n"], [2]), Cancellation).AsTask()).ToArray();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => 2L * i), (await Task.WhenAll(calls)).Select(reply => reply.Integer));
        // A server that forgot the script gets it again.
        await server.CommandAsync("SCRIPT", "FLUSH");
        Assert.Equal(22, (await redis.ExecuteAsync(RedisCommand.Call(script, ["n"], [2]), Cancellation)).Integer);
        var stats = (await server.CommandAsync("INFO", "commandstats")).AsString()!;
        Assert.Contains("cmdstat_eval:calls=2,", stats, StringComparison.Ordinal);
        Assert.Contains("cmdstat_evalsha:calls=10,", stats, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_run_of_the_server_is_put_in()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        await Run(redis, "SET", "run", RedisArg.ServerRun);
        var run = (await Run(redis, "GET", "run")).AsString()!;
        Assert.Contains($"run_id:{run}\r", (await Run(redis, "INFO", "server")).AsString(), StringComparison.Ordinal);
        server.Kill();
        await server.RestartAsync(keepData: true);
        await Eventually.TrueAsync("the client is connected again", () => redis.IsConnected);
        Assert.Equal(run, (await Run(redis, "GET", "run")).AsString());
        await Run(redis, "SET", "run", RedisArg.ServerRun);
        Assert.NotEqual(run, (await Run(redis, "GET", "run")).AsString());
    }

    [Fact]
    public async Task Streams_are_read_as_they_are()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        await Run(redis, "XADD", "s", "7-0", "m", Encoding.UTF8.GetBytes("ol\u00e1"));
        var entries = await Run(redis, "XRANGE", "s", "-", "+");
        Assert.Equal("7-0", entries.Items[0].Items[0].AsString());
        Assert.Equal("ol\u00e1", entries.Items[0].Items[1].Items[1].AsString());
    }

    private static async Task CountUpAsync(IRedis redis, string key, int count)
    {
        // All are on their way before the first reply comes.
        var replies = new Task<RedisReply>[count];
        for (var i = 0; i < count; i++) replies[i] = redis.ExecuteAsync(new RedisCommand("INCR", key), Cancellation).AsTask();
        for (var i = 0; i < count; i++) Assert.Equal(i + 1, (await replies[i]).Integer);
    }

    private static Task<RedisReply> Run(IRedis redis, string name, params RedisArg[] args) => redis.ExecuteAsync(new RedisCommand(name, args), Cancellation).AsTask();
}
