using Arauto.Protocol;
using Arauto.Transports;

namespace Arauto.SocketIo;

/// <summary>The way out to one socket: its part of the session that it shares with the client's other namespaces.</summary>
internal sealed class SocketTransport(SocketIoSession session, string ns) : ITransport
{
    private ITransportReceiver? _receiver;
    private int _closed;

    /// <inheritdoc/>
    public TransportKind Kind => session.Kind;

    /// <inheritdoc/>
    public Framing Framing => session.Framing;

    /// <inheritdoc/>
    /// <remarks>The session hears the client for all of its sockets.</remarks>
    public bool HearsPeer => false;

    /// <inheritdoc/>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>The socket's namespace.</summary>
    public string Namespace => ns;

    /// <summary>Whether the client knows of the socket; if not, it is not told of its end either.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Says whom to tell of the end.</summary>
    public void Attach(ITransportReceiver receiver) => _receiver = receiver;

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames) => IsClosed || session.Outbox.Send(this, frames);

    /// <inheritdoc/>
    public void Ping()
    {
    }

    /// <summary>The frames that had to wait are on their way.</summary>
    public void SendCompleted() => _receiver!.SendCompleted();

    /// <inheritdoc/>
    /// <remarks>What is about this user ends the namespace for good; what is about the connection ends the session, and the client comes back.</remarks>
    public void Close(CloseCode code, string reason)
    {
        if (!IsAnnounced) session.Forget(this);
        else if (code is CloseCode.Normal or CloseCode.Terminated or CloseCode.Unauthorized or CloseCode.TokenExpired or CloseCode.TokenRevoked)
            session.Leave(ns, code);
        else session.Close();
    }

    /// <summary>The session or the namespace is over.</summary>
    public void End(CloseCode? code)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) _receiver!.Closed(code);
    }
}
