using System.Diagnostics;
using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A real redis-server that goes away, hangs and comes back.</summary>
public sealed class RedisOutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_not_there_fails_commands_at_once()
    {
        Assert.True(RedisAddress.TryParse($"redis://127.0.0.1:{RedisProcess.FreePort()}", out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address! });
        await Assert.ThrowsAsync<RedisUnavailableException>(() => PingAsync(redis));
        Assert.False(redis.IsConnected);
        Assert.Contains("Cannot connect to Redis", redis.Trouble, StringComparison.Ordinal);
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RedisUnavailableException>(() => PingAsync(redis));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task A_killed_server_fails_what_waits_and_is_found_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        await PingAsync(redis);
        server.Pause();
        var waiting = PingAsync(redis);
        server.Kill();
        await Assert.ThrowsAsync<RedisUnavailableException>(() => waiting);
        await Eventually.TrueAsync("the loss is known", () => !redis.IsConnected);
        await server.RestartAsync(keepData: false);
        await Eventually.TrueAsync("it is connected again", () => redis.IsConnected);
        await PingAsync(redis);
    }

    [Fact]
    public async Task A_server_that_hangs_is_noticed_after_seconds_and_found_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("t"), topic);
        await PingAsync(redis);
        await Eventually.TrueAsync("both connections are there", () => redis.IsConnected && redis.IsSubscribed(RedisTopic.Exact("t")));
        server.Pause();
        var watch = Stopwatch.StartNew();
        var late = await Assert.ThrowsAsync<RedisUnavailableException>(() => PingAsync(redis));
        Assert.Contains("did not answer within 2 s", late.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync("the silence is noticed", () => !redis.IsConnected && !redis.IsSubscribed(RedisTopic.Exact("t")));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
        server.Resume();
        await Eventually.TrueAsync("it is connected again", () => redis.IsConnected && redis.IsSubscribed(RedisTopic.Exact("t")));
        await PingAsync(redis);
        await Eventually.TrueAsync("it is told so", () => topic.Subscriptions == 2);
    }

    [Fact]
    public async Task A_cancelled_command_ends_at_once_and_the_connection_stays()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await PingAsync(redis);
        var waiting = redis.ExecuteAsync(new RedisCommand("BLPOP", "nothing", "0.2"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        // Its reply comes in its turn and goes to nobody.
        await PingAsync(redis);
        Assert.True(redis.IsConnected);
    }

    [Fact]
    public async Task A_command_after_the_end_is_refused()
    {
        await using var server = await RedisServer.StartAsync();
        var redis = server.CreateClient();
        await PingAsync(redis);
        await redis.DisposeAsync();
        await Assert.ThrowsAsync<RedisUnavailableException>(() => PingAsync(redis));
        Assert.False(redis.IsConnected);
    }

    private static Task<RedisReply> PingAsync(IRedis redis) => redis.ExecuteAsync(new RedisCommand("PING"), Cancellation).AsTask();
}
