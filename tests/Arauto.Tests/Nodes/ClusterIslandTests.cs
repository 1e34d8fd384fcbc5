using System.Text;
using System.Text.Json.Nodes;
using Arauto.Backplanes;
using Arauto.Backplanes.Redis;
using Arauto.Redis.Clusters;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>One master of a Cluster away: what lies on the others goes on as if nothing was.</summary>
public sealed class ClusterIslandTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_channels_of_the_master_that_is_away_go_on_without_it_and_they_come_back(bool isCanaryOnIt)
    {
        await using var cluster = await ClusterSet.StartAsync(isWholeOrNothing: false);
        // So that a master that was killed has what it confirmed.
        foreach (var master in cluster.Nodes) await master.AskAsync("CONFIG", "SET", "appendfsync", "always");
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Redis = cluster.Url;
            options.Cluster.IslandSeconds = 2;
        });
        var canary = await cluster.FindOwnerAsync(Slot(node.Get<RedisNames>().Canary(node.Get<INodeBus>().Self)));
        var dying = isCanaryOnIt ? canary! : cluster.Nodes.First(master => master != canary);
        var lost = await ChannelAsync(cluster, master => master == dying);
        var kept = await ChannelAsync(cluster, master => master != dying);
        await using var anna = await node.ConnectAsync("anna");
        await using var bob = await node.ConnectAsync("bob");
        foreach (var channel in new[] { lost, kept })
        {
            (await anna.SubscribeAsync(channel)).IsReply();
            Assert.True((bool)(await bob.PublishAsync(channel, "before")).IsReply()["durable"]!);
            Assert.Equal("before", (string?)(await anna.ReceiveAsync())["data"]);
        }

        dying.Kill();
        var others = 0;
        await Eventually.TrueAsync("the channel goes on without its master", async () =>
        {
            Assert.True((bool)(await bob.PublishAsync(kept, "meanwhile")).IsReply()["durable"]!);
            others++;
            return (await bob.PublishAsync(lost, "meanwhile")).Type() == "reply";
        });
        var own = await bob.PublishAsync(lost, "meanwhile");
        Assert.Equal((false, "local"), ((bool)own["durable"]!, (string?)own["fanout"]));
        Assert.True((bool)(await bob.PublishAsync(kept, "meanwhile")).IsReply()["durable"]!);
        for (var i = 0; i < others + 3; i++) Assert.Equal("meanwhile", (string?)(await anna.ReceiveAsync("chat"))["data"]);

        await dying.RestartAsync();
        // Until it is, some are still answered by this node alone.
        var back = new JsonObject();
        await Eventually.TrueAsync("the channel is back", async () => (back = await bob.PublishAsync(lost, "after")).Type() == "reply" && (bool)back["durable"]!);
        Assert.Equal("epoch_changed", (string?)(await anna.ReceiveAsync("gap"))["reason"]);
        var last = await anna.ReceiveAsync("chat");
        while ((string?)last["id"] != (string?)back["message"]) last = await anna.ReceiveAsync("chat");
        Assert.Equal((lost, "after"), ((string?)last["channel"], (string?)last["data"]));
    }

    private static async Task<string> ChannelAsync(ClusterSet cluster, Func<RedisProcess?, bool> isOn)
    {
        for (var i = 0; ; i++)
            if (isOn(await cluster.FindOwnerAsync(Slot($"{{c:public:{i}}}")))) return $"public:{i}";
    }

    private static int Slot(string key) => HashSlot.Of(Encoding.UTF8.GetBytes(key));
}
