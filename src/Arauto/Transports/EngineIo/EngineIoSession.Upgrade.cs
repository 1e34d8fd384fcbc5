using Arauto.Protocol;
using Arauto.Transports.EngineIo;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    private static ReadOnlySpan<byte> Probe => "2probe"u8;

    /// <summary>Whether a WebSocket tries to become the carrier.</summary>
    internal bool IsUpgrading
    {
        get
        {
            lock (_gate) return _probe is not null;
        }
    }

    /// <summary>A WebSocket that wants to carry this session from now on. One at a time may try, and only while polling.</summary>
    /// <returns>Whether it may; otherwise it is to be closed.</returns>
    internal bool TryBeginUpgrade(EngineIoSocket probe)
    {
        lock (_gate)
        {
            // One that has ended, but was not told yet, is in nobody's way.
            if (_phase != Phase.Open || _carrier is not null || _probe is { Transport.IsClosed: false }) return false;
            _probe = probe;
            probe.UpgradeDue = _mount.Deadlines.Now + _mount.Options.UpgradeTimeout;
            Schedule();
            return true;
        }
    }

    /// <summary>The WebSocket is over.</summary>
    internal void SocketClosed(EngineIoSocket socket, CloseCode? code)
    {
        lock (_gate)
        {
            // Polling goes on, and the client may try again.
            if (_probe == socket) _probe = null;
            if (_carrier != socket) return;
            if (_phase == Phase.Ending) EndNow();
        }
        var broken = code is CloseCode.ProtocolError or CloseCode.InvalidPayload or CloseCode.MessageTooBig;
        Close(broken ? EngineIoCloseReason.TransportError : EngineIoCloseReason.TransportClose);
    }

    /// <summary>Before the switch a WebSocket may only probe and switch; anything else ends it, and the session goes on over polling.</summary>
    private void ReceiveProbe(EngineIoSocket socket, ReadOnlyMemory<byte> frame, bool isBinary)
    {
        if (!isBinary && frame.Span.SequenceEqual(Probe)) AnswerProbe(socket);
        else if (isBinary || frame.Span is not [(byte)EngineIoPacketType.Upgrade, ..] || !TrySwitch(socket)) GiveUp(socket);
    }

    private void AnswerProbe(EngineIoSocket socket)
    {
        lock (_gate)
        {
            // A probe that comes while an answer is on its way has that one.
            if (_probe != socket || !socket.TryBeginWrite()) return;
            socket.BeginTicks(_mount.Deadlines.Now);
            Schedule();
        }
        Write(socket, [EngineIoFrames.ProbeAnswer], owesCompletion: false);
    }

    private bool TrySwitch(EngineIoSocket socket)
    {
        bool writes;
        lock (_gate)
        {
            if (_probe != socket || !socket.IsProbed) return false;
            _probe = null;
            Volatile.Write(ref _carrier, socket);
            // As the reference server ends a poll that the client did not wait for.
            if (_poll is not null) AnswerPoll([EngineIoFrames.Close]);
            writes = socket.TryBeginWrite();
        }
        Log.Upgraded(_mount.Logger, Handshake.Address);
        Tell(this, static session => (session._mount.Handler as IEngineIoFrameHandler)?.OnUpgraded(session));
        if (writes) WriteWaiting(socket);
        return true;
    }

    private void GiveUp(EngineIoSocket socket)
    {
        lock (_gate)
        {
            if (_probe == socket) _probe = null;
        }
        socket.Close();
    }
}
