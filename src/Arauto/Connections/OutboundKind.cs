namespace Arauto.Connections;

/// <summary>What an entry of an outbound queue is, which decides whether it may be dropped.</summary>
internal enum OutboundKind : byte
{
    /// <summary>A slot whose entry was removed; skipped.</summary>
    Empty,

    /// <summary>A reply, an error, a heartbeat: never dropped.</summary>
    Control,

    /// <summary>The first frame of a connection that follows the channels of its request: never dropped.</summary>
    Greeting,

    /// <summary>A message of a channel: the channel's policy applies.</summary>
    Message,

    /// <summary>The announcement of messages that were dropped here: never dropped.</summary>
    Gap,
}
