using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>One connection listening to one channel. Lane-owned.</summary>
internal sealed class Subscription(Connection connection, string channel, ChannelRule rule)
{
    /// <summary>Who listens.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>To what.</summary>
    public string Channel { get; } = channel;

    /// <summary>The channel's rule.</summary>
    public ChannelRule Rule { get; } = rule;

    /// <summary>The last position queued for the connection; what is not above it is not sent again.</summary>
    public Position Sent { get; set; }

    /// <summary>The epochs that the one of <see cref="Sent"/> continues, as the replay found them.</summary>
    public IReadOnlyList<Position> Past { get; set; } = [];

    /// <summary>Where it started without a cursor; default with one. What is not above it and still on its way to the lane was not asked for by this subscription.</summary>
    public Position Origin { get; set; }

    /// <summary>The replay in progress; while it is there, live messages wait in it.</summary>
    public CatchUp? CatchUp { get; set; }

    /// <summary>The last position sent when the replay ended: read from the log, it may be ahead of what the lane has delivered so far.</summary>
    public Position CaughtUp { get; set; }

    /// <summary>The number of the lane's next delivery when the replay ended.</summary>
    public long CaughtUpAt { get; set; }

    /// <summary>The place among the audience's subscriptions, for removal without a search.</summary>
    public int Index { get; set; } = -1;

    /// <summary>The sequence number of the subscription's newest gap in the outbound queue.</summary>
    public long LastGap { get; set; } = -1;

    /// <summary>The channel's place in the cursor of a connection that has one; -1 if it has none.</summary>
    public int CursorIndex { get; init; } = -1;

    /// <summary>Whether presence was told of it, and must be told of its end.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Whether the subscription ended; completions that come later do nothing.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Whether the subscription has a message already.</summary>
    public bool Has(Position position)
    {
        if (position.Epoch == Sent.Epoch) return position.Offset <= Sent.Offset;
        // The feed may still be in an epoch that the replay has left behind.
        foreach (var end in Past)
            if (end.Epoch == position.Epoch) return position.Offset <= end.Offset;
        return false;
    }
}
