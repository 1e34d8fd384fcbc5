using Arauto.Protocol;

namespace Arauto.Transports;

/// <summary>The way out to one client. There is no read method: whoever owns the bytes calls <see cref="ITransportReceiver"/>.</summary>
/// <remarks>
/// <see cref="Send"/>, <see cref="Ping"/> and <see cref="Close"/> are called from the connection's lane only, never at the
/// same time. None of them blocks or throws because of the peer. An idle transport keeps no buffer.
/// </remarks>
internal interface ITransport
{
    /// <summary>The kind, for metrics and logs.</summary>
    TransportKind Kind { get; }

    /// <summary>How frames must be wrapped for this peer, as negotiated.</summary>
    Framing Framing { get; }

    /// <summary>Whether the peer can be heard: it sends commands and answers pings. Where not, its silence tells nothing.</summary>
    bool HearsPeer { get; }

    /// <summary>Whether the peer is known to be gone or <see cref="Close"/> was called.</summary>
    bool IsClosed { get; }

    /// <summary>
    /// Takes the frames of one turn, already wrapped by <see cref="Framing"/>, and writes them as one write.
    /// The memory stays unchanged for ever (it is shared with other connections), so it may be kept until it is sent.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if the transport can take more at once; <see langword="false"/> if these frames are still on
    /// their way: <see cref="ITransportReceiver.SendCompleted"/> follows (perhaps before this call has returned, so it must be
    /// posted and not acted on in place), and nothing may be sent before it.
    /// </returns>
    bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames);

    /// <summary>A heartbeat of the transport's own, if it has one; the answer arrives as <see cref="ITransportReceiver.Alive"/>.</summary>
    /// <remarks>Only while nothing is on its way.</remarks>
    void Ping();

    /// <summary>Ends the connection in order: what was taken is sent first, then the reason, then the peer gets a short time to answer. Idempotent.</summary>
    void Close(CloseCode code, string reason);
}
