using Arauto.Protocol;

namespace Arauto.Transports;

/// <summary>What a transport tells its connection. Implemented by the connection; may be called from any thread.</summary>
/// <remarks><see cref="ReceiveAsync"/> is called for one message at a time; <see cref="Closed"/> exactly once, as the last call.</remarks>
internal interface ITransportReceiver
{
    /// <summary>
    /// One complete message, at most the size limit. The bytes are only valid until the call returns (not until the task
    /// completes). Completes synchronously unless the connection has more unanswered commands than it may; then reading
    /// goes on when the task does, so that the peer feels the back-pressure.
    /// </summary>
    ValueTask ReceiveAsync(ReadOnlySpan<byte> message, bool isBinary);

    /// <summary>The peer was heard, without a message: a pong, a ping, a fragment.</summary>
    /// <param name="roundTrip">The time since the ping that this answers, if it answers one.</param>
    void Alive(TimeSpan? roundTrip);

    /// <summary>The frames of the last <see cref="ITransport.Send"/> that returned <see langword="false"/> are sent.</summary>
    void SendCompleted();

    /// <summary>The peer is gone: after its close frame, our <see cref="ITransport.Close"/>, a violation or a broken connection.</summary>
    /// <param name="code">The code the peer sent, or the one it was closed with by us; <see langword="null"/> if the connection broke.</param>
    void Closed(CloseCode? code);
}
