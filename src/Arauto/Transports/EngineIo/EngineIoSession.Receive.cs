using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    // Guarded by _gate. The turn is the right to call the handler, which is called by one at a time: a POST for all of its
    // messages, the WebSocket for each, and at last who closes.
    private bool _inTurn;
    private bool _closedOwed;
    private TaskCompletionSource? _turnEnded;

    /// <summary>A frame of a WebSocket, in order.</summary>
    internal ValueTask ReceiveAsync(EngineIoSocket from, ReadOnlyMemory<byte> frame, bool isBinary)
    {
        if (Volatile.Read(ref _carrier) != from)
        {
            ReceiveProbe(from, frame, isBinary);
            return default;
        }
        var packet = new EngineIoPacket(EngineIoPacketType.Binary, frame);
        if (isBinary || EngineIoPacket.TryRead(frame, out packet)) return ReceiveAsync(packet, from.Headers);
        Close(EngineIoCloseReason.ParseError);
        return default;
    }

    private async ValueTask ReceiveAsync(EngineIoPacket packet, IHeaderDictionary headers)
    {
        if (packet.Type == EngineIoPacketType.Close)
        {
            CloseByClient();
            return;
        }
        // A pong must not wait behind a handler that is busy with a POST.
        var isMessage = packet.Type is EngineIoPacketType.Message or EngineIoPacketType.Binary;
        if (!isMessage)
        {
            await TakeAsync(packet, headers).ConfigureAwait(false);
            return;
        }
        if (!await BeginTurnAsync().ConfigureAwait(false)) return;
        var taken = TakeAsync(packet, headers);
        var waited = !taken.IsCompleted;
        await taken.ConfigureAwait(false);
        EndTurn(waited);
    }

    /// <summary>Acts on one packet of an open session; for a message in its turn.</summary>
    /// <returns>Whether the session goes on.</returns>
    private async ValueTask<bool> TakeAsync(EngineIoPacket packet, IHeaderDictionary headers)
    {
        if (!Hear(packet.Type)) return false;
        switch (packet.Type)
        {
            case EngineIoPacketType.Message or EngineIoPacketType.Binary:
                try
                {
                    var message = new EngineIoMessage(packet.Data, packet.Type == EngineIoPacketType.Binary, headers);
                    await _mount.Handler.OnMessageAsync(this, message).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (IsOver())
                {
                    // It waited for what is of no use any more.
                    return false;
                }
                catch (Exception exception)
                {
                    Log.HandlerFailed(_mount.Logger, exception);
                    Close(EngineIoCloseReason.ForcedClose);
                    return false;
                }
                return true;

            // Only the server asks.
            case EngineIoPacketType.Ping:
                Close(EngineIoCloseReason.TransportError);
                return false;

            default:
                return true;
        }
    }

    private bool IsOver()
    {
        lock (_gate) return _phase != Phase.Open;
    }

    /// <returns><see langword="false"/> if the session is over, and nothing more is to be told to the handler.</returns>
    private async ValueTask<bool> BeginTurnAsync()
    {
        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (_phase != Phase.Open) return false;
                if (!_inTurn)
                {
                    _inTurn = true;
                    return true;
                }
                _turnEnded ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended = _turnEnded.Task;
            }
            await ended.ConfigureAwait(false);
        }
    }

    /// <param name="waited">Whether the turn may have taken long, in which the client could not be heard.</param>
    private void EndTurn(bool waited)
    {
        TaskCompletionSource? next;
        bool isClosed;
        lock (_gate)
        {
            isClosed = _closedOwed;
            _closedOwed = false;
            // The end is told in this turn, which nobody follows.
            _inTurn = isClosed;
            next = _turnEnded;
            _turnEnded = null;
            if (waited) ForgiveSilence();
        }
        next?.SetResult();
        if (isClosed) TellClosed();
    }
}
