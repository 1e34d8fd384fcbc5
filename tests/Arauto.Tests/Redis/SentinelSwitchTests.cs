using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>Sentinels that disagree, are cut off or announce another master, beside an old one that keeps its clients. Real ones hide that: they cut the clients of the old master.</summary>
public sealed class SentinelSwitchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_switch_that_one_Sentinel_announces_is_followed_though_the_old_master_keeps_its_clients()
    {
        await using var old = Master("old");
        await using var fresh = Master("fresh");
        await using var one = new ScriptedSentinel(old.Port, 1);
        await using var two = new ScriptedSentinel(old.Port, 1);
        await using var three = new ScriptedSentinel(old.Port, 1);
        await using var redis = RedisServer.Connect(ScriptedSentinel.Url(one.Port, two.Port, three.Port));
        await Eventually.TrueAsync("the old one is used", async () => await TryWhoAsync(redis) == "old");
        await two.WatchedAsync();
        foreach (var sentinel in new[] { one, two, three }) sentinel.Learn(fresh.Port, 2);
        await two.AnnounceAsync(from: old.Port);
        await Eventually.TrueAsync("the new one is used", async () => await TryWhoAsync(redis) == "fresh");
        await Eventually.TrueAsync("for both connections", () => redis.IsConnected && fresh.Connections >= 2);
    }

    [Fact]
    public async Task The_newest_configuration_counts()
    {
        await using var old = Master("old");
        await using var fresh = Master("fresh");
        await using var stale = new ScriptedSentinel(old.Port, 6);
        await using var informed = new ScriptedSentinel(fresh.Port, 7);
        foreach (var order in new[] { (stale, informed), (informed, stale) })
        {
            await using var redis = RedisServer.Connect(ScriptedSentinel.Url(order.Item1.Port, order.Item2.Port, RedisProcess.FreePort()));
            Assert.Equal("fresh", await WhoAsync(redis));
        }
        Assert.Equal(0, old.Connections);
    }

    [Fact]
    public async Task A_Sentinel_alone_is_not_followed_until_more_than_half_answer()
    {
        await using var old = Master("old");
        await using var fresh = Master("fresh");
        await using var cutOff = new ScriptedSentinel(old.Port, 1);
        await using var other = new ScriptedSentinel(fresh.Port, 2) { IsSilent = true };
        Assert.True(RedisAddress.TryParse(ScriptedSentinel.Url(cutOff.Port, other.Port, RedisProcess.FreePort()), out var address));
        await using var redis = RedisServer.Connect(new RedisClientOptions { Address = address!, CommandTimeout = TimeSpan.FromMilliseconds(300) });
        await Assert.ThrowsAsync<RedisUnavailableException>(() => WhoAsync(redis));
        await Eventually.TrueAsync("it says why", () => redis.Trouble?.StartsWith($"Only 1 of 3 Sentinels name the master {SentinelSet.MasterName}:", StringComparison.Ordinal) == true);
        other.IsSilent = false;
        await Eventually.TrueAsync("the master is found", async () => await TryWhoAsync(redis) == "fresh");
        Assert.Equal(0, old.Connections);
    }

    [Fact]
    public async Task One_Sentinel_that_was_given_is_enough()
    {
        await using var master = Master("only");
        await using var sentinel = new ScriptedSentinel(master.Port, 1);
        await using var redis = RedisServer.Connect(ScriptedSentinel.Url(sentinel.Port));
        Assert.Equal("only", await WhoAsync(redis));
    }

    private static ScriptedRedis Master(string name) => new(async (peer, command) =>
    {
        if (command[0] != "GET") return false;
        await peer.SendAsync($"+{name}\r\n");
        return true;
    });

    private static async Task<string?> WhoAsync(RedisClient redis) => (await redis.ExecuteAsync(new RedisCommand("GET", "who"), Cancellation)).AsString();

    private static async Task<string?> TryWhoAsync(RedisClient redis)
    {
        try
        {
            return await WhoAsync(redis);
        }
        catch (RedisUnavailableException)
        {
            return null;
        }
    }
}
