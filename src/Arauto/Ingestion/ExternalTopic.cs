using Arauto.Redis;

namespace Arauto.Ingestion;

/// <summary>A topic on which programs publish, or on which beginnings are said.</summary>
/// <param name="topic">What is subscribed to.</param>
/// <param name="hear">Takes the channel and the payload.</param>
/// <param name="begin">Is told that the subscription began, perhaps again.</param>
internal sealed class ExternalTopic(RedisTopic topic, Action<string, ReadOnlyMemory<byte>> hear, Action<ExternalTopic> begin) : IRedisTopicHandler
{
    /// <summary>What is subscribed to.</summary>
    public RedisTopic Topic => topic;

    /// <inheritdoc/>
    public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => hear(channel, payload);

    /// <inheritdoc/>
    public void OnSubscribed() => begin(this);
}
