using System.Collections.Concurrent;
using System.Text;
using Arauto.Redis;

namespace Arauto.Tests.Support;

/// <summary>Keeps what was pushed on a topic.</summary>
internal sealed class RecordingTopic : IRedisTopicHandler
{
    private int _subscriptions;

    /// <summary>Channel and payload, in the order they came.</summary>
    public ConcurrentQueue<(string Channel, string Payload)> Messages { get; } = [];

    /// <summary>How often the subscription was confirmed.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => Messages.Enqueue((channel, Encoding.UTF8.GetString(payload.Span)));

    public void OnSubscribed() => Interlocked.Increment(ref _subscriptions);
}
