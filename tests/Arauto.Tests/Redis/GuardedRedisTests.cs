using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A circuit breaker in front of a real redis-server: what it counts as a failure.</summary>
public sealed class GuardedRedisTests
{
    private readonly CircuitBreaker _breaker = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("maxmemory", "1", "OOM")]
    [InlineData("min-replicas-to-write", "1", "NOREPLICAS")]
    public async Task A_server_that_refuses_writes_can_still_be_read(string setting, string value, string error)
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var guarded = new GuardedRedis(redis, _breaker);
        await Eventually.TrueAsync("both connections are there", () => guarded.IsConnected);
        await RunAsync(guarded, "SET", "a", "1");
        await server.CommandAsync("CONFIG", "SET", setting, value);
        for (var i = 0; i < 20; i++)
        {
            var e = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(guarded, "SET", "a", "2"));
            Assert.Contains(error, e.Message, StringComparison.Ordinal);
            Assert.Equal("1", (await RunAsync(guarded, "GET", "a")).AsString());
        }
        for (var i = 0; i < 20; i++) await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(guarded, "SET", "a", "2"));
        Assert.Equal("1", (await RunAsync(guarded, "GET", "a")).AsString());
        Assert.Null(guarded.Trouble);
    }

    [Fact]
    public async Task Writes_that_no_replica_confirms_leave_it_closed()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        var guarded = new GuardedRedis(pair.Client, _breaker);
        await RunAsync(guarded, "SET", "a", "1");
        pair.Replica.Pause();
        for (var i = 0; i < 20; i++)
            await Assert.ThrowsAsync<RedisUnavailableException>(() => guarded.ExecuteAsync(new RedisCommand("SET", "a", "2") { IsReplicated = true }, Cancellation).AsTask());
        Assert.Equal(CircuitState.Closed, _breaker.State);
        Assert.Equal("2", (await RunAsync(guarded, "GET", "a")).AsString());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_opens_it_and_commands_fail_at_once()
    {
        await using var server = await RedisServer.StartAsync();
        Assert.True(RedisAddress.TryParse(server.Url, out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address! });
        var guarded = new GuardedRedis(redis, _breaker);
        await RunAsync(guarded, "PING");
        server.Pause();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(guarded, "PING"))));
        Assert.Equal(CircuitState.Open, _breaker.State);
        server.Resume();
        await Eventually.TrueAsync("the client is connected", () => redis.IsConnected);
        Assert.False(guarded.IsConnected);
        var refused = RunAsync(guarded, "PING");
        Assert.True(refused.IsFaulted);
        Assert.Contains("circuit breaker", (await Assert.ThrowsAsync<RedisUnavailableException>(() => refused)).Message, StringComparison.Ordinal);
        Assert.Contains("circuit breaker", guarded.Trouble, StringComparison.Ordinal);
        _breaker.Close();
        await RunAsync(guarded, "PING");
        Assert.True(guarded.IsConnected);
    }

    [Fact]
    public async Task Topics_pass_while_it_is_open()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var guarded = new GuardedRedis(redis, _breaker);
        for (var i = 0; i < 8 && _breaker.TryEnter(out var period); i++) _breaker.Fail(period);
        Assert.Equal(CircuitState.Open, _breaker.State);
        guarded.Subscribe(RedisTopic.Exact("t"), new RecordingTopic());
        await Eventually.TrueAsync("it is confirmed", () => guarded.IsSubscribed(RedisTopic.Exact("t")));
    }

    private static Task<RedisReply> RunAsync(IRedis redis, string name, params RedisArg[] args) => redis.ExecuteAsync(new RedisCommand(name, args), Cancellation).AsTask();
}
