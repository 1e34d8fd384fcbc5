using Arauto.Transports.EngineIo;
using Arauto.Transports.WebSockets;

namespace Arauto.EngineIo;

/// <summary>One client's session, over polling or WebSocket. Safe for concurrent use; nothing here blocks or throws because of the client.</summary>
/// <remarks>
/// <para>What it sends waits as WebSocket frames until its carrier takes it: a GET that is pending or comes later, or the
/// WebSocket. So the upgrade converts nothing and keeps the order.</para>
/// <para>The state is guarded by <c>_gate</c>, which is held for memory operations only: writes, closes and calls to the
/// handler follow after it. A session over WebSocket that is idle has no task, timer or buffer of its own.</para>
/// </remarks>
public sealed partial class EngineIoSession
{
    private readonly Lock _gate = new();
    private readonly EngineIoMount _mount;

    private Phase _phase;
    private EngineIoCloseReason _reason;
    private EngineIoSocket? _carrier;
    private EngineIoSocket? _probe;
    private CancellationTokenSource? _closed;
    private Dictionary<string, object?>? _items;

    internal EngineIoSession(EngineIoMount mount, string id, EngineIoHandshake handshake)
    {
        _mount = mount;
        Id = id;
        Handshake = handshake;
        _heartbeatDue = mount.Deadlines.Now + mount.Options.PingInterval;
    }

    private enum Phase
    {
        /// <summary>Messages go both ways.</summary>
        Open,

        /// <summary>The server closed it; what it sent before is still on its way.</summary>
        Ending,

        /// <summary>Over.</summary>
        Closed,
    }

    /// <summary>The id: unguessable, and a secret between the client and the server, since who has it can send as this client.</summary>
    public string Id { get; }

    /// <summary>How bytes travel now: <c>polling</c> or <c>websocket</c>.</summary>
    public string Transport => Volatile.Read(ref _carrier) is null ? EngineIoMount.Polling : EngineIoMount.WebSocket;

    /// <summary>Whether it goes over a WebSocket on which permessage-deflate was negotiated.</summary>
    internal bool IsDeflated => Volatile.Read(ref _carrier)?.Transport.Framing is WebSocketFraming { IsDeflated: true };

    /// <summary>The request that opened the session.</summary>
    public EngineIoHandshake Handshake { get; }

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Closed
    {
        get
        {
            lock (_gate)
            {
                if (_phase != Phase.Open) return new CancellationToken(canceled: true);
                return (_closed ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>A place for the application's own. Not safe for concurrent use outside the handler's calls.</summary>
    public IDictionary<string, object?> Items
    {
        get
        {
            lock (_gate) return _items ??= [];
        }
    }

    /// <summary>What the protocol above keeps for the session.</summary>
    internal object? ProtocolState { get; set; }

    // The place in the wheel, guarded by its lock.
    internal long DueTick { get; set; }

    internal EngineIoSession? NextDue { get; set; }

    internal EngineIoSession? PreviousDue { get; set; }

    /// <summary>Begins a session over polling: its first answer is <see cref="EngineIoMount.OpenData"/>.</summary>
    internal void OpenOverPolling() => Open();

    /// <summary>Begins a session over a WebSocket, whose first frame is the open packet.</summary>
    internal void OpenOver(EngineIoSocket carrier)
    {
        Volatile.Write(ref _carrier, carrier);
        Enqueue(EngineIoFrames.Text(EngineIoPacketType.Open, _mount.OpenData(this, canUpgrade: false)), isBounded: false);
        Open();
    }

    /// <summary>Messages are only taken once the handler knows the session: the turn is the handler's from the beginning.</summary>
    private void Open()
    {
        _inTurn = true;
        _mount.Add(this);
        lock (_gate) Schedule();
        Log.Opened(_mount.Logger, Transport, Handshake.Address);
        Tell(this, static session => session._mount.Handler.OnOpened(session));
        EndTurn(waited: false);
        if (_mount.IsStopping) Close(EngineIoCloseReason.ServerShuttingDown);
    }

    /// <summary>Calls the handler, whose faults end the session and nothing else.</summary>
    private void Tell<T>(T about, Action<T> call)
    {
        try
        {
            call(about);
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(_mount.Logger, exception);
            Close(EngineIoCloseReason.ForcedClose);
        }
    }
}
