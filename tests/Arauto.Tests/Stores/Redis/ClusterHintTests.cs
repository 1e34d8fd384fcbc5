using Arauto.Backplanes;
using Arauto.Redis;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Stores.Redis;

public sealed class ClusterHintTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task On_a_cluster_an_append_tells_the_nodes_by_the_topic_of_the_channels_slot()
    {
        var prefix = SharedRedis.NextPrefix();
        var log = new RedisStore(cluster.Redis, prefix, new RedisStoreOptions(), TimeProvider.System, NullLoggerFactory.Instance).Log;
        var hints = new RecordedHints();
        var topics = Enumerable.Range(0, 6).Select(i => (Channel: $"doc:{i}", Topic: RedisTopic.Sharded($"{prefix}arauto:hint:{{c:doc:{i}}}"))).ToArray();
        foreach (var (_, topic) in topics) cluster.Redis.Subscribe(topic, hints);
        await Eventually.TrueAsync("the topics are subscribed", () => topics.All(entry => cluster.Redis.IsSubscribed(entry.Topic)));

        foreach (var (channel, _) in topics) Assert.True((await log.AppendAsync(channel)).IsHinted);

        await Eventually.TrueAsync("all hints have come", () => hints.Payloads.Count == topics.Length);
        Assert.All(hints.Payloads, hint => Assert.True(HintCodec.TryDecode("doc", hint, out _)));
        foreach (var (_, topic) in topics) cluster.Redis.Unsubscribe(topic);
    }
}
