using Arauto.EngineIo;

namespace Arauto.SocketIo;

/// <summary>The way out of the sockets that share a session: who finds it busy waits for its turn. Safe for concurrent use.</summary>
/// <remarks>
/// What waits is bounded: one <c>Send</c> of each socket, and a few packets of the session itself; a client that has more
/// of those sent than it reads is closed. The lock is not held while the session sends.
/// </remarks>
internal sealed class SessionOutbox(EngineIoSession session)
{
    private const int MaxWaiting = 256;

    private readonly Lock _gate = new();
    private Queue<(SocketTransport? Sender, ReadOnlyMemory<byte>[] Frames)>? _waiting;
    private SocketTransport? _sender;
    private bool _busy;

    /// <summary>Sends frames of one socket.</summary>
    /// <param name="sender">Who is told when they are on their way; <see langword="null"/> for packets of the session itself.</param>
    /// <param name="frames">The frames.</param>
    /// <returns>As <see cref="Transports.ITransport.Send"/>.</returns>
    public bool Send(SocketTransport? sender, ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        bool waits, full;
        lock (_gate)
        {
            waits = _busy;
            full = waits && sender is null && _waiting?.Count >= MaxWaiting;
            if (waits && !full) (_waiting ??= new()).Enqueue((sender, frames.ToArray()));
            if (!waits) (_busy, _sender) = (true, sender);
        }
        if (full) session.Close(EngineIoCloseReason.TransportError);
        if (waits) return false;
        if (!session.SendFrames(frames)) return false;
        // Nobody is told: this call says that it is done.
        lock (_gate) _sender = null;
        SendNext();
        return true;
    }

    /// <summary>The session has sent what it was given.</summary>
    public void SendCompleted()
    {
        SocketTransport? sender;
        lock (_gate) (sender, _sender) = (_sender, null);
        sender?.SendCompleted();
        SendNext();
    }

    private void SendNext()
    {
        while (true)
        {
            (SocketTransport? Sender, ReadOnlyMemory<byte>[] Frames) next;
            lock (_gate)
            {
                if (_waiting is null || !_waiting.TryDequeue(out next))
                {
                    _busy = false;
                    return;
                }
                _sender = next.Sender;
            }
            if (!session.SendFrames(next.Frames)) return;
            lock (_gate) _sender = null;
            next.Sender?.SendCompleted();
        }
    }
}
