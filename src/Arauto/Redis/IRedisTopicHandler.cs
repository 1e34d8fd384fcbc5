namespace Arauto.Redis;

/// <summary>Takes what is pushed on a topic. Called on the thread that reads, one call after the other per connection; must be quick, not block and not throw.</summary>
internal interface IRedisTopicHandler
{
    /// <summary>A message was published.</summary>
    /// <param name="channel">The channel it was published on; of an exact topic the topic's own string, of a pattern a new one.</param>
    /// <param name="payload">The message; the receiver's to keep.</param>
    void OnMessage(string channel, ReadOnlyMemory<byte> payload);

    /// <summary>The server confirmed the subscription, for the first time or again: what was published before may have been missed.</summary>
    void OnSubscribed();
}
