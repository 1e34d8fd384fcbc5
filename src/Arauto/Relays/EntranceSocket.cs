using Arauto.Backplanes.Links;
using Arauto.Protocol;
using Arauto.Transports;
using Arauto.Transports.WebSockets;

namespace Arauto.Relays;

/// <summary>
/// A WebSocket that came in here for the session of another node: its messages go there, and the frames that come back go to
/// the client. Safe for concurrent use.
/// </summary>
internal sealed class EntranceSocket(NodeLink owner, ulong number, RelayAsk ask, TimeProvider time, Action<EntranceSocket> over)
    : EntranceRequest(owner, number, ask), ITransportReceiver
{
    private readonly Lock _gate = new();
    private readonly RelayTally _passedOn = new();

    // Guarded by _gate.
    private readonly RelayWindow _window = new();
    private readonly List<ReadOnlyMemory<byte>> _frames = [];
    private ITransport? _transport;
    private Writing _writing = Writing.Sends;
    private int _cost;
    private bool _closes;
    private bool _isOver;
    private ITimer? _closeTimer;
    private TaskCompletionSource? _room;

    /// <summary>Who writes, since the transport takes frames from one at a time.</summary>
    private enum Writing
    {
        /// <summary>Nobody.</summary>
        Idle,

        /// <summary>Somebody calls <see cref="ITransport.Send"/>; at the beginning it is <see cref="Open"/> that will.</summary>
        Sends,

        /// <summary>It was completed before the call returned.</summary>
        CompletedEarly,

        /// <summary>The frames are on their way; completion follows.</summary>
        Waits,
    }

    /// <summary>The client's WebSocket is open.</summary>
    public void Open(ITransport transport)
    {
        lock (_gate) _transport = transport;
        WriteWaiting(transport);
    }

    /// <summary>Frames from the owner.</summary>
    /// <param name="frames">Whole frames, which do not change any more.</param>
    public void Forward(ReadOnlyMemory<byte> frames)
    {
        lock (_gate)
        {
            // What comes behind the end is of no use.
            if (_isOver) return;
            _frames.Add(frames);
            if (_writing != Writing.Idle) return;
            _writing = Writing.Sends;
        }
        WriteWaiting(_transport!);
    }

    /// <summary>The owner closes, behind its frames; but a client that does not read them is not waited for.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closes || _isOver) return;
            _closes = true;
            if (_writing == Writing.Waits) StartClosing();
            if (_writing != Writing.Idle) return;
            _writing = Writing.Sends;
        }
        WriteWaiting(_transport!);
    }

    /// <summary>The owner has taken so much of what was sent.</summary>
    public void Taken(uint cost)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (!_window.Return(cost)) return;
            (room, _room) = (_room, null);
        }
        room?.SetResult();
    }

    /// <inheritdoc/>
    public override void Lost()
    {
        base.Lost();
        Close();
        LetGo();
    }

    /// <inheritdoc/>
    public override void Stop() => Close();

    /// <summary>The WebSocket never opened.</summary>
    public void GiveUp() => Closed(null);

    /// <inheritdoc/>
    public ValueTask ReceiveAsync(ReadOnlySpan<byte> message, bool isBinary)
    {
        Task? room = null;
        lock (_gate)
        {
            if (!_window.Spend(RelayWindow.CostOf(message.Length)))
                room = (_room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        if (!Owner.Send(RelayRecord.Create(isBinary ? RelayRecordType.Binary : RelayRecordType.Text, Number, message))) LetGo();
        return room is null && Owner.HasRoom ? default : new ValueTask(PauseAsync(room));
    }

    /// <summary>Nothing: the heartbeat is Engine.IO's own.</summary>
    public void Alive(TimeSpan? roundTrip)
    {
    }

    /// <inheritdoc/>
    public void SendCompleted()
    {
        lock (_gate)
        {
            var resumes = _writing == Writing.Waits;
            _writing = resumes ? Writing.Sends : Writing.CompletedEarly;
            if (!resumes) return;
        }
        PassedOn();
        WriteWaiting(_transport!);
    }

    /// <inheritdoc/>
    public void Closed(CloseCode? code)
    {
        lock (_gate)
        {
            _isOver = true;
            _frames.Clear();
            _closeTimer?.Dispose();
        }
        Owner.Send(RelayRecord.Create(RelayRecordType.Closed, Number, (uint)(code ?? 0)));
        over(this);
    }

    private void WriteWaiting(ITransport transport)
    {
        while (TakeNext() is { } frames)
        {
            if (frames.Length == 0)
            {
                CloseNow();
                return;
            }
            if (!transport.Send(frames) && Pauses()) return;
            PassedOn();
        }
    }

    /// <summary>What the one who writes sends next; nothing of it if the WebSocket is to be closed. If there is neither it stops writing.</summary>
    private ReadOnlyMemory<byte>[]? TakeNext()
    {
        lock (_gate)
        {
            if (_frames.Count == 0)
            {
                if (_closes) return [];
                _writing = Writing.Idle;
                return null;
            }
            ReadOnlyMemory<byte>[] frames = [.. _frames];
            _frames.Clear();
            _cost = frames.Sum(frame => RelayWindow.CostOf(frame.Length));
            return frames;
        }
    }

    private bool Pauses()
    {
        lock (_gate)
        {
            var pauses = _writing == Writing.Sends;
            _writing = pauses ? Writing.Waits : Writing.Sends;
            if (pauses && _closes) StartClosing();
            return pauses;
        }
    }

    /// <summary>Called by the one who writes.</summary>
    private void PassedOn()
    {
        if (_passedOn.Add(_cost) is not 0 and var told) Owner.Send(RelayRecord.Create(RelayRecordType.PassedOn, Number, told));
    }

    /// <summary>Under the lock.</summary>
    private void StartClosing() =>
        _closeTimer ??= time.CreateTimer(static state => ((EntranceSocket)state!).CloseNow(), this, WebSocketTransport.CloseTimeout, Timeout.InfiniteTimeSpan);

    private void CloseNow()
    {
        ITransport? transport;
        lock (_gate) transport = _transport;
        transport?.Close(WebSocketFrameReader.NoStatus, "");
    }

    /// <summary>The client is read on when its window, and the way that all share, has room.</summary>
    private async Task PauseAsync(Task? room)
    {
        if (room is not null) await room.ConfigureAwait(false);
        await Owner.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(false);
        Owner.LetInNext();
    }

    private void LetGo()
    {
        TaskCompletionSource? room;
        lock (_gate) (room, _room) = (_room, null);
        room?.TrySetResult();
    }
}
