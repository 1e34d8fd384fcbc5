using System.Net;
using System.Text;
using Arauto.Redis;
using Arauto.Redis.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Redis;

public sealed class PushLinkTests
{
    [Fact]
    public async Task A_message_is_handed_on_without_allocating()
    {
        Assert.True(RedisAddress.TryParse("redis://127.0.0.1", out var address));
        await using var link = new PushLink(new FixedServer(new DnsEndPoint("127.0.0.1", 1)), (_, _, _) => throw new InvalidOperationException(), new RedisClientOptions { Address = address! }, TimeProvider.System, NullLogger.Instance);
        var handler = new CountingTopic();
        link.Subscribe(RedisTopic.Exact("room:1234"), handler);
        RedisReply[] push = [Text("message"), Text("room:1234"), Text("hello")];
        link.OnPush(push);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) link.OnPush(push);
        // Less than a byte per message: what the runtime itself takes now and then is not ours.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal(10_001, handler.Count);
    }

    private static RedisReply Text(string text) => RedisReply.Text(Encoding.UTF8.GetBytes(text));

    private sealed class CountingTopic : IRedisTopicHandler
    {
        public int Count { get; private set; }

        public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => Count++;

        public void OnSubscribed()
        {
        }
    }
}
