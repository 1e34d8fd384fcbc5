using Arauto.Logs;

namespace Arauto.Channels;

/// <summary>What holds for the channels under one prefix; an immutable snapshot of <see cref="ChannelOptions"/>.</summary>
internal sealed class ChannelRule(string prefix, ChannelOptions options, IChannelLog log, int messagesPerMinute, int messageBurst)
{
    /// <summary>The prefix with its colon, or the channel's whole name; also the key of rate limits.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Who may subscribe and read.</summary>
    public AccessRule Subscribe { get; } = options.Subscribe;

    /// <summary>Who may publish.</summary>
    public AccessRule Publish { get; } = options.Publish;

    /// <summary>What is kept.</summary>
    public Retention Retention { get; } = new(options.HistoryMessages, TimeSpan.FromHours(options.HistoryHours));

    /// <summary>Where it is kept.</summary>
    public IChannelLog Log { get; } = log;

    /// <summary>Whether joins and leaves are tracked.</summary>
    public bool Presence { get; } = options.Presence;

    /// <summary>Whether other programs may publish on it in Redis.</summary>
    public bool External { get; } = options.External;

    /// <summary>What happens to a connection that does not keep up.</summary>
    public SlowConsumerPolicy SlowConsumer { get; } = options.SlowConsumer;

    /// <summary>Messages a user may publish per minute; 0 = off.</summary>
    public int MessagesPerMinute { get; } = messagesPerMinute;

    /// <summary>Messages a user may publish at once.</summary>
    public int MessageBurst { get; } = messageBurst;

    /// <summary>Whether the channel is one user's own: its messages reach all connections of that user, subscribed or not.</summary>
    public bool IsUserChannel => Subscribe == AccessRule.Self;
}
