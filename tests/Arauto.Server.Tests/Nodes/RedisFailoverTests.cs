using System.Text;
using Arauto.Redis.Clusters;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>What a Redis of several servers goes through while nodes publish on it.</summary>
public sealed class RedisFailoverTests
{
    /// <summary>In different slots.</summary>
    private static readonly string[] Channels = ["public:a", "public:b", "public:c", "public:d", "public:e", "public:f"];

    [Fact]
    public async Task Every_acknowledged_message_arrives_while_Sentinels_fail_over_from_a_killed_master()
    {
        // Without this a master to which no replica has come yet takes messages alone, and a second fail-over in that moment loses them.
        await using var set = await SentinelSet.StartAsync("--min-replicas-to-write", "1");
        await using var nodes = await NodeProcesses.StartAsync(set.Url, SteadyLoad.Settings);
        await SteadyLoad.RunAsync(nodes, Channels, async load =>
        {
            await load.GoesOnAsync(1000);
            var killed = await set.KillMasterAsync();
            await load.GoesOnAsync(1000);
            await killed.RestartAsync();
            await load.GoesOnAsync(1000);
            Assert.NotSame(killed, await set.FindMasterAsync());
        });
    }

    [Fact]
    public async Task Every_acknowledged_message_arrives_while_slots_of_a_Cluster_move()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(set.Url, SteadyLoad.Settings);
        await SteadyLoad.RunAsync(nodes, Channels, async load =>
        {
            await load.GoesOnAsync(500);
            foreach (var channel in Channels)
            {
                var owner = (await set.FindOwnerAsync(SlotOf(channel)))!;
                await set.MoveSlotAsync(SlotOf(channel), set.Nodes.First(node => node != owner));
                await load.GoesOnAsync(200);
            }
        });
    }

    [Fact]
    public async Task Every_acknowledged_message_arrives_while_a_master_of_a_Cluster_is_killed()
    {
        await using var set = await ClusterSet.StartAsync(hasReplicas: true);
        await using var nodes = await NodeProcesses.StartAsync(set.Url, SteadyLoad.Settings);
        await SteadyLoad.RunAsync(nodes, Channels, async load =>
        {
            await load.GoesOnAsync(1000);
            var killed = (await set.FindOwnerAsync(SlotOf(Channels[0])))!;
            killed.Kill();
            await Eventually.TrueAsync("its replica is the master", async () => await set.FindOwnerAsync(SlotOf(Channels[0])) is { } owner && owner != killed);
            await load.GoesOnAsync(1000);
            await killed.RestartAsync();
            await load.GoesOnAsync(1000);
        });
    }

    private static int SlotOf(string channel) => HashSlot.Of(Encoding.UTF8.GetBytes($"{{c:{channel}}}"));
}
