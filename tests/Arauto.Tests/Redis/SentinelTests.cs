using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A master with replicas and Sentinels, all real.</summary>
public sealed class SentinelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_master_is_found_and_topics_work()
    {
        await using var set = await SentinelSet.StartAsync();
        await using var redis = RedisServer.Connect(set.Url);
        Assert.Equal(1, await IncrementAsync(redis, "n"));
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("t"), topic);
        await Eventually.TrueAsync("it is subscribed", () => redis.IsSubscribed(RedisTopic.Exact("t")));
        await redis.ExecuteAsync(new RedisCommand("PUBLISH", "t", "hello"), Cancellation);
        await Eventually.TrueAsync("it is heard", () => topic.Messages.Count == 1);
    }

    [Fact]
    public async Task Sentinels_that_want_a_password_get_that_of_the_data_and_one_that_is_wrong_is_said()
    {
        await using var set = await SentinelSet.StartAsync();
        foreach (var process in set.Servers.Concat(set.Sentinels)) await process.AskAsync("ACL", "SETUSER", "node", "on", ">right", "~*", "&*", "+@all");
        foreach (var sentinel in set.Sentinels) await sentinel.AskAsync("ACL", "SETUSER", "default", "resetpass", ">other");
        await using var redis = RedisServer.Connect(set.Url.Replace("://", "://node:right@", StringComparison.Ordinal));
        Assert.Equal(1, await IncrementAsync(redis, "n"));
        await Eventually.TrueAsync("pushes are connected too", () => redis.IsConnected);
        await using var wrong = RedisServer.Connect(set.Url.Replace("://", "://node:sesame@", StringComparison.Ordinal));
        await Assert.ThrowsAsync<RedisUnavailableException>(() => IncrementAsync(wrong, "n"));
        Assert.Contains("WRONGPASS", wrong.Trouble, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", wrong.Trouble, StringComparison.Ordinal);
        await using var without = RedisServer.Connect(set.Url);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => IncrementAsync(without, "n"));
        Assert.Contains("NOAUTH", without.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_master_is_followed_by_another_and_nothing_that_was_confirmed_is_lost()
    {
        await using var set = await SentinelSet.StartAsync();
        await using var redis = RedisServer.Connect(set.Url);
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("t"), topic);
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected && redis.IsSubscribed(RedisTopic.Exact("t")));
        using var enough = new CancellationTokenSource();
        var load = Task.Run(() => AddUntilAsync(redis, enough.Token), Cancellation);
        var before = await RunIdAsync(redis);
        await set.KillMasterAsync();
        await Eventually.TrueAsync("another master serves", async () => redis.IsConnected && await TryRunIdAsync(redis) is { } run && run != before && redis.IsSubscribed(RedisTopic.Exact("t")));
        await enough.CancelAsync();
        var confirmed = await load;
        var members = (await redis.ExecuteAsync(new RedisCommand("SMEMBERS", "s"), Cancellation)).Items.ToArray().Select(item => item.AsInteger()).ToHashSet();
        Assert.NotEmpty(confirmed);
        Assert.Empty(confirmed.Except(members));
        await redis.ExecuteAsync(new RedisCommand("PUBLISH", "t", "hello"), Cancellation);
        await Eventually.TrueAsync("the topic is heard", () => topic.Messages.Count == 1);
    }

    [Fact]
    public async Task A_fail_over_while_all_is_well_is_followed()
    {
        await using var set = await SentinelSet.StartAsync();
        await using var redis = RedisServer.Connect(set.Url);
        var before = await RunIdAsync(redis);
        await set.FailOverAsync();
        await Eventually.TrueAsync("the new master is used", async () => await TryRunIdAsync(redis) is { } run && run != before);
        await IncrementAsync(redis, "n");
    }

    [Fact]
    public async Task A_master_of_the_past_that_comes_back_is_refused()
    {
        await using var set = await SentinelSet.StartAsync();
        var old = await set.KillMasterAsync();
        await Eventually.TrueAsync("there is another master", async () => await set.FindMasterAsync() != old);
        var fresh = await set.FindMasterAsync();
        await Eventually.TrueAsync("it is one", async () => await TryRoleAsync(fresh) == "master");
        await old.RestartAsync();
        // At this moment both call themselves masters, until a Sentinel tells the old one.
        await using var redis = RedisServer.Connect(set.Url);
        await Eventually.TrueAsync("it is connected", () => redis.IsConnected);
        await redis.ExecuteAsync(new RedisCommand("SET", "who", "new"), Cancellation);
        Assert.Equal("new", (await fresh.AskAsync("GET", "who")).AsString());
    }

    [Fact]
    public async Task A_replica_is_no_master()
    {
        await using var set = await SentinelSet.StartAsync();
        var before = await set.FindMasterAsync();
        await set.FailOverAsync();
        await Eventually.TrueAsync("the old master follows", async () => await TryRoleAsync(before) == "slave");
        await using var redis = RedisServer.Connect($"redis://127.0.0.1:{before.Port}");
        await Eventually.TrueAsync("it is refused", () => redis.Trouble?.Contains("It is a replica; the master is needed", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task One_dead_Sentinel_does_not_matter()
    {
        await using var set = await SentinelSet.StartAsync();
        set.Sentinels[0].Kill();
        await using var redis = RedisServer.Connect(set.Url);
        Assert.Equal(1, await IncrementAsync(redis, "n"));
    }

    [Fact]
    public async Task A_name_that_no_Sentinel_knows_is_said()
    {
        await using var set = await SentinelSet.StartAsync();
        await using var redis = RedisServer.Connect(set.Url.Replace(SentinelSet.MasterName, "other", StringComparison.Ordinal));
        await Assert.ThrowsAsync<RedisUnavailableException>(() => IncrementAsync(redis, "n"));
        Assert.StartsWith("No Sentinel names the master other:", redis.Trouble, StringComparison.Ordinal);
    }

    private static async Task<List<long>> AddUntilAsync(RedisClient redis, CancellationToken enough)
    {
        var confirmed = new List<long>();
        for (var i = 0L; !enough.IsCancellationRequested; i++)
        {
            try
            {
                await redis.ExecuteAsync(new RedisCommand("SADD", "s", i) { IsReplicated = true }, Cancellation);
                confirmed.Add(i);
            }
            catch (RedisUnavailableException)
            {
                await Task.Delay(1, Cancellation);
            }
        }
        return confirmed;
    }

    private static async Task<long> IncrementAsync(RedisClient redis, string key) => (await redis.ExecuteAsync(new RedisCommand("INCR", key), Cancellation)).Integer;

    /// <summary>A server that changes its role cuts its clients.</summary>
    private static async Task<string?> TryRoleAsync(RedisProcess server)
    {
        try
        {
            return (await server.AskAsync("ROLE")).Items[0].AsString();
        }
        catch (RedisUnavailableException)
        {
            return null;
        }
    }

    private static async Task<string> RunIdAsync(RedisClient redis)
    {
        await redis.ExecuteAsync(new RedisCommand("SET", "run", RedisArg.ServerRun), Cancellation);
        return (await redis.ExecuteAsync(new RedisCommand("GET", "run"), Cancellation)).AsString()!;
    }

    private static async Task<string?> TryRunIdAsync(RedisClient redis)
    {
        try
        {
            return await RunIdAsync(redis);
        }
        catch (RedisUnavailableException)
        {
            return null;
        }
    }
}
