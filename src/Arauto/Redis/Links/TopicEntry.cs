using System.Text;

namespace Arauto.Redis.Links;

/// <summary>A topic that is wanted, and how far that is.</summary>
internal sealed class TopicEntry(RedisTopic topic, IRedisTopicHandler handler)
{
    private volatile IRedisTopicHandler _handler = handler;
    private volatile RedisConnection? _confirmedOn;

    /// <summary>The topic.</summary>
    public RedisTopic Topic { get; } = topic;

    /// <summary>Its name as it is on the wire.</summary>
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(topic.Name);

    /// <summary>Who takes the messages.</summary>
    public IRedisTopicHandler Handler
    {
        get => _handler;
        set => _handler = value;
    }

    /// <summary>The connection whose server has confirmed the subscription. Written on the thread that reads that connection.</summary>
    public RedisConnection? ConfirmedOn
    {
        get => _confirmedOn;
        set => _confirmedOn = value;
    }

    /// <summary>The connection on which it was refused, so that this is logged once. Touched by the thread that reads that connection only.</summary>
    public RedisConnection? RefusedOn { get; set; }

    /// <summary>The connection on which it was asked for, unless that failed. Guarded by the link.</summary>
    public RedisConnection? AskedOn { get; set; }
}
