using Arauto.Backplanes;
using Arauto.Redis;

namespace Arauto.Ingestion;

/// <summary>Channels of one rule that other programs publish on.</summary>
internal sealed class ExternalTopic(ExternalPublications publications, RedisTopic topic) : IRedisTopicHandler
{
    /// <summary>Who listens: after an interruption this node does not know which messages it has missed, and so is another listener.</summary>
    private volatile string _listener = NodeName.Draw();

    /// <summary>What is subscribed to.</summary>
    public RedisTopic Topic => topic;

    /// <inheritdoc/>
    public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => publications.Hear(channel, _listener, payload);

    /// <inheritdoc/>
    public void OnSubscribed() => _listener = NodeName.Draw();
}
