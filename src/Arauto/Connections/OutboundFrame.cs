using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

/// <summary>One entry of an outbound queue.</summary>
internal struct OutboundFrame
{
    /// <summary>The bytes as they go to the socket; empty for a gap that is encoded when its turn comes.</summary>
    public ReadOnlyMemory<byte> Bytes;

    /// <summary>The channel's subscription, if the entry is a message or a gap.</summary>
    public Subscription? Subscription;

    /// <summary>The message's event, for conflation.</summary>
    public string? Event;

    /// <summary>The message's offset, or the first one of a gap.</summary>
    public long From;

    /// <summary>The message's offset, or the last one of a gap.</summary>
    public long To;

    /// <summary>The epoch of <see cref="To"/>.</summary>
    public Epoch Epoch;

    /// <summary>What the entry is.</summary>
    public OutboundKind Kind;

    /// <summary>Why a gap is there.</summary>
    public GapReason Reason;
}
