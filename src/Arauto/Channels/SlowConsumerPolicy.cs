namespace Arauto.Channels;

/// <summary>What happens at the bound of a connection's outbound queue. Whatever is dropped is announced by a <c>gap</c> frame.</summary>
public enum SlowConsumerPolicy
{
    /// <summary>The connection is closed with 4006; the client resumes from its cursor and loses nothing.</summary>
    Disconnect,

    /// <summary>The channel's oldest queued messages go.</summary>
    DropOldest,

    /// <summary>While the socket does not keep up, a message replaces a queued one of the same channel and event; at the bound the oldest go.</summary>
    Conflate,
}
