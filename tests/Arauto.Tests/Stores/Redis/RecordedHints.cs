using System.Collections.Concurrent;
using Arauto.Redis;

namespace Arauto.Tests.Stores.Redis;

/// <summary>Keeps the bytes that were pushed.</summary>
internal sealed class RecordedHints : IRedisTopicHandler
{
    public ConcurrentQueue<ReadOnlyMemory<byte>> Payloads { get; } = [];

    public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => Payloads.Enqueue(payload);

    public void OnSubscribed()
    {
        // Tests ask the client.
    }
}
