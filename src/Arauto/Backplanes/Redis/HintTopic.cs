using Arauto.Redis;

namespace Arauto.Backplanes.Redis;

/// <summary>The hints of one channel.</summary>
internal sealed class HintTopic(RedisBackplane backplane, string channel) : IRedisTopicHandler
{
    /// <inheritdoc/>
    public void OnMessage(string topic, ReadOnlyMemory<byte> payload) => backplane.Receive(channel, payload);

    /// <inheritdoc/>
    public void OnSubscribed() => backplane.Missed(channel);
}
