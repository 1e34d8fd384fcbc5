using System.ComponentModel.DataAnnotations;

namespace Arauto.Channels;

/// <summary>The rules of the channels under one prefix, or of one channel.</summary>
public sealed class ChannelOptions
{
    /// <summary>Who may subscribe and read history and presence. Default: <see cref="AccessRule.Token"/>.</summary>
    public AccessRule Subscribe { get; set; } = AccessRule.Token;

    /// <summary>Who may publish. Default: <see cref="AccessRule.Token"/>.</summary>
    public AccessRule Publish { get; set; } = AccessRule.Token;

    /// <summary>The number of newest messages kept, 0 = no bound. Default: 1000.</summary>
    [Range(0, int.MaxValue)]
    public int HistoryMessages { get; set; } = 1000;

    /// <summary>Hours for which messages are kept, 0 to 876000, 0 = no bound. Default: 24.</summary>
    [Range(0, 876000.0)]
    public double HistoryHours { get; set; } = 24;

    /// <summary>Whether the log lives in the store (survives the process) rather than in memory. Default: true.</summary>
    public bool Durable { get; set; } = true;

    /// <summary>Whether joins and leaves are tracked and told. Default: false.</summary>
    public bool Presence { get; set; }

    /// <summary>Whether other programs may publish on these channels in Redis (<c>PUBLISH updates …</c>), where the node has one. Default: false.</summary>
    public bool External { get; set; }

    /// <summary>Whether these channels are only there in development mode. Default: false.</summary>
    public bool DevelopmentOnly { get; set; }

    /// <summary>Messages a user may publish per minute over all channels of this prefix, 0 = off; <see langword="null"/> takes <c>limits.messagesPerMinute</c>.</summary>
    [Range(0, int.MaxValue)]
    public int? MessagesPerMinute { get; set; }

    /// <summary>Messages a user may publish at once before the rate applies, at least 1; <see langword="null"/> takes <c>limits.messageBurst</c>.</summary>
    [Range(1, int.MaxValue)]
    public int? MessageBurst { get; set; }

    /// <summary>What happens to messages for a connection whose queue is full. Default: <see cref="SlowConsumerPolicy.Disconnect"/>.</summary>
    public SlowConsumerPolicy SlowConsumer { get; set; } = SlowConsumerPolicy.Disconnect;

    /// <summary>The rules a node starts with; the table in docs/channels.md mirrors them.</summary>
    public static IDictionary<string, ChannelOptions> CreateDefaults() => new Dictionary<string, ChannelOptions>(StringComparer.Ordinal)
    {
        ["broadcast"] = new() { Subscribe = AccessRule.Any, Publish = AccessRule.Service, External = true },
        ["user:"] = new() { Subscribe = AccessRule.Self, Publish = AccessRule.Service, HistoryMessages = 0, HistoryHours = 7 * 24, MessagesPerMinute = 60, External = true },
        ["notifications:"] = new() { Subscribe = AccessRule.Self, Publish = AccessRule.Service, HistoryMessages = 0, HistoryHours = 7 * 24, External = true },
        ["room:"] = new() { Subscribe = AccessRule.Members, Publish = AccessRule.Members, HistoryMessages = 0, HistoryHours = 0, Presence = true, MessagesPerMinute = 60, External = true },
        ["doc:"] = new() { Subscribe = AccessRule.Token, Publish = AccessRule.Token, HistoryMessages = 0, HistoryHours = 0, Presence = true },
        ["io:"] = new() { Subscribe = AccessRule.Service, Publish = AccessRule.Service, Durable = false, HistoryMessages = 10_000, HistoryHours = 0.1 },
        ["updates"] = new() { Subscribe = AccessRule.Any, Publish = AccessRule.Service, External = true },
        ["public:"] = new() { Subscribe = AccessRule.Any, Publish = AccessRule.Any, HistoryHours = 1, Presence = true, DevelopmentOnly = true },
    };
}
