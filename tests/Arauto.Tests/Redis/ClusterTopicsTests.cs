using System.Net;
using Arauto.Redis;
using Arauto.Redis.Clusters;
using Arauto.Redis.Links;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Redis;

/// <summary>What it costs that one slot moves.</summary>
public sealed class ClusterTopicsTests
{
    private static readonly RedisClientOptions Options = CreateOptions();

    [Fact]
    public async Task A_slot_that_moves_concerns_its_own_topics_only()
    {
        await using var first = CreateServers(1);
        await using var second = CreateServers(2);
        var (from, to) = (Node(first, 1), Node(second, 2));
        var topics = new ClusterTopics();
        for (var i = 0; i < 20_000; i++) topics.Subscribe(RedisTopic.Sharded($"t{i}"), new RecordingTopic());
        var map = SlotMap.Create([(new SlotRange(0, HashSlot.Count - 1, from.Host), from)]);
        topics.MoveTo(map, null);
        var slot = HashSlot.Of("t7"u8);
        // Once unmeasured: what runs for the first time allocates for itself.
        topics.MoveTo(map = map.With(slot, to), slot);
        topics.MoveTo(map = map.With(slot, from), slot);
        var before = GC.GetAllocatedBytesForCurrentThread();
        map = map.With(slot, to);
        topics.MoveTo(map, slot);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
        Assert.Equal(to, map[slot]);
        Assert.Equal(from, map[slot == 0 ? 1 : slot - 1]);
        Assert.Equal([from, to], map.Masters);
    }

    [Fact]
    public async Task A_map_knows_its_masters_and_what_nobody_has()
    {
        await using var first = CreateServers(1);
        await using var second = CreateServers(2);
        var (a, b) = (Node(first, 1), Node(second, 2));
        var map = SlotMap.Create([(new SlotRange(0, 9, a.Host), a), (new SlotRange(11, 11, b.Host), b)]);
        Assert.Equal(HashSlot.Count - 11, map.Uncovered);
        Assert.Equal(HashSlot.Count - 12, map.With(10, b).Uncovered);
        Assert.Null(map[10]);
        Assert.Equal(b, map.With(10, b)[10]);
        Assert.Equal([a], map.With(11, a).Masters);
        Assert.Empty(SlotMap.Empty.Masters);
        Assert.Equal(HashSlot.Count, SlotMap.Empty.Uncovered);
    }

    private static ClusterNode Node(ServerPair servers, int port) => new(new DnsEndPoint("127.0.0.1", port), servers);

    /// <summary>Never started: topics are noted, and nothing is connected.</summary>
    private static ServerPair CreateServers(int port) =>
        new(new FixedServer(new DnsEndPoint("127.0.0.1", port)), new RedisConnector(Options, TimeProvider.System), Options, TimeProvider.System, NullLogger.Instance);

    private static RedisClientOptions CreateOptions()
    {
        Assert.True(RedisAddress.TryParse("redis+cluster://127.0.0.1", out var address));
        return new RedisClientOptions { Address = address! };
    }
}
