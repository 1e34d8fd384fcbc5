using Arauto.Transports.EngineIo;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    /// <summary>What an entry costs besides its bytes, so that many small messages count too.</summary>
    private const int EntryBytes = 64;

    /// <summary>
    /// What may wait between two GETs before a sender of frames has to wait too: what the web server takes of a WebSocket. So
    /// what comes in the meantime is one answer, and not one message for each GET.
    /// </summary>
    private const int TakenBetweenPolls = 64 * 1024;

    // Guarded by _gate. What waits for the carrier; while a GET is pending nothing does.
    private List<ReadOnlyMemory<byte>>? _waiting;
    private long _waitingBytes;
    private bool _completionOwed;

    /// <summary>Sends a text message. After the end of the session it does nothing.</summary>
    public void Send(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Enqueue(EngineIoFrames.Text(EngineIoPacketType.Message, text), isBounded: true);
    }

    /// <summary>Sends a binary message. After the end of the session it does nothing. The bytes are copied.</summary>
    public void Send(ReadOnlyMemory<byte> binary) => Enqueue(EngineIoFrames.Binary(binary.Span), isBounded: true);

    /// <summary>
    /// Sends whole WebSocket frames as a server writes them (RFC 6455, neither masked nor fragmented, compressed only where <see cref="IsDeflated"/>): a text frame
    /// is a packet with its type digit, a binary frame the bytes of a binary message. They are shared with other receivers and
    /// never change; those of one memory stay together. Over polling they are translated when they are fetched.
    /// </summary>
    /// <returns>
    /// As <see cref="Arauto.Transports.ITransport.Send"/>: after <see langword="false"/> nothing may be sent with this method
    /// before <see cref="IEngineIoFrameHandler.OnSendCompleted"/>, which may come before this call has returned.
    /// </returns>
    internal bool SendFrames(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        EngineIoSocket carrier;
        lock (_gate)
        {
            if (_phase != Phase.Open || frames.IsEmpty) return true;
            if (_carrier is null)
            {
                foreach (var frame in frames) Wait(frame);
                if (AnswerPollWithWaiting() || _waitingBytes <= TakenBetweenPolls) return true;
                _completionOwed = true;
                return false;
            }
            if (!_carrier.TryBeginWrite())
            {
                foreach (var frame in frames) Wait(frame);
                _completionOwed = true;
                return false;
            }
            carrier = _carrier;
        }
        return Write(carrier, frames, owesCompletion: true);
    }

    /// <summary>A frame of the server's own, in order with all others.</summary>
    private void Enqueue(ReadOnlyMemory<byte> frame, bool isBounded)
    {
        EngineIoSocket? carrier = null;
        bool full;
        lock (_gate)
        {
            if (_phase != Phase.Open) return;
            full = isBounded && _waiting is not null && _waitingBytes + frame.Length + EntryBytes > _mount.Options.MaxBuffered;
            if (!full)
            {
                if (_carrier?.TryBeginWrite() == true) carrier = _carrier;
                else Wait(frame);
                AnswerPollWithWaiting();
            }
        }
        if (carrier is not null) Write(carrier, [frame], owesCompletion: false);
        if (!full) return;
        Log.Slow(_mount.Logger, Handshake.Address, _mount.Options.MaxBuffered);
        Close(EngineIoCloseReason.TransportError);
    }

    /// <summary>The WebSocket can take more. Called by it, at any moment.</summary>
    internal void SendCompleted(EngineIoSocket socket)
    {
        lock (_gate)
        {
            if (!socket.TryResumeWrite()) return;
        }
        WriteWaiting(socket);
    }

    /// <summary>Writes as the one who writes, and then what came meanwhile.</summary>
    /// <returns><see langword="false"/> if the frames are still on their way.</returns>
    private bool Write(EngineIoSocket socket, ReadOnlySpan<ReadOnlyMemory<byte>> frames, bool owesCompletion)
    {
        if (!socket.Transport.Send(frames))
        {
            lock (_gate)
            {
                if (socket.TryPauseWrite())
                {
                    _completionOwed |= owesCompletion;
                    return false;
                }
            }
        }
        WriteWaiting(socket);
        return true;
    }

    private void WriteWaiting(EngineIoSocket socket)
    {
        while (TakeNext(socket) is { } frames)
        {
            if (socket.Transport.Send(frames)) continue;
            lock (_gate)
            {
                if (socket.TryPauseWrite()) return;
            }
        }
    }

    /// <summary>What the one who writes sends next. If there is nothing it stops writing, and does what was to follow.</summary>
    private ReadOnlyMemory<byte>[]? TakeNext(EngineIoSocket socket)
    {
        bool completed, ended;
        lock (_gate)
        {
            if (_carrier == socket && _waiting is not null) return TakeWaiting();
            socket.EndWrite();
            completed = _carrier == socket && TakeOwedCompletion();
            ended = _carrier == socket && _phase == Phase.Ending;
            if (ended) EndNow();
        }
        if (completed) TellCompletion();
        if (ended) socket.Close();
        return null;
    }

    private void Wait(ReadOnlyMemory<byte> frame)
    {
        (_waiting ??= []).Add(frame);
        _waitingBytes += frame.Length + EntryBytes;
    }

    private ReadOnlyMemory<byte>[] TakeWaiting()
    {
        if (_waiting is null) return [];
        ReadOnlyMemory<byte>[] frames = [.. _waiting];
        DropWaiting();
        return frames;
    }

    private void DropWaiting()
    {
        _waiting = null;
        _waitingBytes = 0;
    }

    private bool TakeOwedCompletion()
    {
        var owed = _completionOwed;
        _completionOwed = false;
        return owed;
    }

    private void TellCompletion() => Tell(this, static session => (session._mount.Handler as IEngineIoFrameHandler)?.OnSendCompleted(session));
}
