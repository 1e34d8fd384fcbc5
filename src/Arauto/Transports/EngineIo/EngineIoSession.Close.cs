using Arauto.Transports.EngineIo;
using Arauto.Transports.WebSockets;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    /// <summary>Ends the session, after what was sent. Idempotent.</summary>
    public void Close() => Close(EngineIoCloseReason.ForcedClose);

    /// <summary>As <see cref="Close()"/>, with a reason. What waits for the client is still sent if the server closes, and dropped otherwise.</summary>
    internal void Close(EngineIoCloseReason reason) => End(reason, EngineIoFrames.Close);

    /// <summary>The client's close packet. A pending GET is only released: the client knows.</summary>
    private void CloseByClient() => End(EngineIoCloseReason.TransportClose, EngineIoFrames.Noop);

    /// <param name="reason">Why.</param>
    /// <param name="pollAnswer">The answer of a pending GET.</param>
    private void End(EngineIoCloseReason reason, ReadOnlyMemory<byte> pollAnswer)
    {
        EngineIoSocket? carrier, probe;
        CancellationTokenSource? closed;
        bool completed, tells;
        lock (_gate)
        {
            if (_phase != Phase.Open) return;
            _reason = reason;
            (carrier, probe, _probe) = (_carrier, _probe, null);
            var inOrder = IsOfServer(reason);
            if (_poll is not null) AnswerPoll([pollAnswer]);
            else if (inOrder && carrier is null) KeepEndForNextPoll();
            else if (inOrder && carrier!.IsWriting) (carrier, _phase, _endDue) = (null, Phase.Ending, _mount.Deadlines.Now + WebSocketTransport.CloseTimeout);
            if (_phase == Phase.Open) EndNow();
            else Schedule();
            closed = _closed;
            completed = TakeOwedCompletion();
            // Told by whoever has the turn, or here in a turn of its own that does not end.
            tells = !_inTurn;
            _closedOwed = _inTurn;
            _inTurn = true;
        }
        carrier?.Close();
        probe?.Close();
        if (closed is not null) Tell(closed, static source => source.Cancel());
        if (completed) TellCompletion();
        if (tells) TellClosed();
    }

    private static bool IsOfServer(EngineIoCloseReason reason) => reason is EngineIoCloseReason.ForcedClose or EngineIoCloseReason.ServerShuttingDown;

    private bool IsClosedByServer()
    {
        lock (_gate) return _phase != Phase.Open && IsOfServer(_reason);
    }

    /// <summary>The next GET fetches what waits, and that the session is over. A noop stands in for what does not wait, as the reference server does it.</summary>
    private void KeepEndForNextPoll()
    {
        _phase = Phase.Ending;
        _endDue = _mount.Deadlines.Now + KeepEnd;
        if (_waiting is null) Wait(EngineIoFrames.Noop);
        Wait(EngineIoFrames.Close);
    }

    private void EndNow()
    {
        _phase = Phase.Closed;
        DropWaiting();
        _mount.Remove(this);
        Schedule();
    }

    private void TellClosed()
    {
        Log.Closed(_mount.Logger, Handshake.Address, _reason.Word());
        Tell(this, static session => session._mount.Handler.OnClosed(session, session._reason));
    }
}
