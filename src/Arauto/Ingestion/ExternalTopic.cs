using Arauto.Redis;

namespace Arauto.Ingestion;

/// <summary>Channels of one rule that other programs publish on.</summary>
internal sealed class ExternalTopic(ExternalPublications publications, RedisTopic topic) : IRedisTopicHandler
{
    /// <summary>What is subscribed to.</summary>
    public RedisTopic Topic => topic;

    /// <inheritdoc/>
    public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => publications.Hear(channel, payload);

    /// <inheritdoc/>
    public void OnSubscribed() => publications.Begin();
}
