using Arauto.Auth;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Transports;
using Microsoft.Extensions.Logging;

namespace Arauto.Connections;

/// <summary>One client attached over one transport: what it is, where it lives and how it ends.</summary>
/// <remarks>
/// Except where a member says otherwise, everything happens on <see cref="Lane"/>. An idle connection owns no task, no
/// timer and no buffer: its deadline is an entry in the lane's wheel, its queue is rented while something waits.
/// The other parts: Receive (bytes in), Dispatch (which command goes where), one file per verb, Send (frames out).
/// </remarks>
internal sealed partial class Connection : ITransportReceiver
{
    private readonly NodeServices _node;
    private readonly ITransport _transport;
    private readonly IServerCodec _codec;
    private FrameFormat _format;
    private readonly ConnectionOrigin _origin;
    private readonly long _openedAt;
    private long _lastHeard;
    private long _lastHeartbeat;
    private Identity? _identity;
    private bool _isOpen;
    private bool _isClosing;
    private CloseCode? _closeCode;
    private TransportKind _countedKind;

    /// <param name="id">The id, unique on the node.</param>
    /// <param name="node">What it uses.</param>
    /// <param name="lane">Where it lives.</param>
    /// <param name="transport">How its bytes travel.</param>
    /// <param name="codec">What its bytes mean.</param>
    /// <param name="origin">Where it came from.</param>
    public Connection(string id, NodeServices node, Lane lane, ITransport transport, IServerCodec codec, ConnectionOrigin origin)
    {
        Id = id;
        Lane = lane;
        _node = node;
        _transport = transport;
        _codec = codec;
        _origin = origin;
        _format = FrameFormat.Get(codec, transport.Framing);
        _openedAt = _lastHeard = _lastHeartbeat = node.Time.GetTimestamp();
    }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The lane it lives on.</summary>
    public Lane Lane { get; }

    /// <summary>Who it is; <see langword="null"/> until authenticated. Readable from any thread.</summary>
    public Identity? Identity => Volatile.Read(ref _identity);

    /// <summary>Where it came from.</summary>
    public ConnectionOrigin Origin => _origin;

    /// <summary>When it was opened, by the wall clock. From any thread.</summary>
    public DateTimeOffset OpenedAt => _node.Time.GetUtcNow() - Since(_openedAt);

    /// <summary>How its bytes travel.</summary>
    public TransportKind TransportKind => _transport.Kind;

    /// <summary>What its bytes mean.</summary>
    public string Protocol => _codec.Name;

    /// <summary>A poll is a connection of a moment: many to a client, so they come and go below Information.</summary>
    private LogLevel CoarseLevel => _transport.Kind == TransportKind.LongPolling ? LogLevel.Debug : LogLevel.Information;

    /// <summary>Opens the connection on its lane. From any thread, once, before the transport runs.</summary>
    /// <param name="identity">Who it is, if the handshake said so; the user's connection is counted already then.</param>
    public void Open(Identity? identity) => Lane.Post(new Posted(this, connection => connection.OpenOnLane(identity)));

    /// <summary>Ends the connection. From any thread.</summary>
    public void CloseFromOutside(CloseCode code, ProtocolError? why) => Lane.Post(new Posted(this, connection => connection.Close(code, why)));

    /// <summary>Asks the client to come back later or elsewhere; one that cannot be heard is sent away, since it cannot say goodbye. From any thread.</summary>
    public void Move(MoveFrame frame) => Lane.Post(new Posted(this, connection =>
    {
        connection.SendControl(frame);
        if (!connection._transport.HearsPeer) connection.Close(CloseCode.GoingAway, null);
    }));

    /// <inheritdoc/>
    public void Closed(CloseCode? code) => Lane.Post(new Posted(this, connection => connection.OnClosed(code)));

    /// <summary>Gives the connection up after a fault of ours.</summary>
    public void Abandon()
    {
        // What could not be sent before would fail again.
        DropQueue();
        Close(CloseCode.InternalError, null);
    }

    private void OpenOnLane(Identity? identity)
    {
        _isOpen = true;
        _node.Hub.Add(this);
        _countedKind = _transport.Kind;
        _node.Metrics.ConnectionOpened(_countedKind, _codec.Name);
        var (transport, protocol) = (_transport.Kind.Word(), _codec.Name);
        Log.Opened(_node.Logger, CoarseLevel, Id, transport, protocol, _origin.Address, _origin.CorrelationId ?? Id);
        if (identity is not null) Authenticated(identity);
        SetDeadline();
    }

    private void Authenticated(Identity identity)
    {
        Volatile.Write(ref _identity, identity);
        _node.Hub.AddUser(identity.User, this);
        Log.Authenticated(_node.Logger, CoarseLevel, Id, identity.User, identity.TokenId);
        if (!_isFollowing) Greet(OutboundKind.Control);
        CloseIfRevoked();
    }

    private void Greet(OutboundKind kind)
    {
        var heartbeat = _node.Options.Heartbeat;
        var greeting = _format.Encode(new ConnectedFrame
        {
            Connection = Id,
            User = _identity!.User,
            Node = _node.Options.Node,
            HeartbeatInterval = heartbeat.IntervalSeconds,
            HeartbeatTimeout = heartbeat.TimeoutSeconds,
        });
        if (greeting.Length == 0) return;
        _node.Metrics.ConnectTook(_node.Time.GetElapsedTime(_origin.StartedAt));
        EnqueueControl(greeting, kind);
    }

    /// <summary>A revocation that came after the token was checked and before the hub knew the connection reached nobody.</summary>
    private void CloseIfRevoked()
    {
        if (_node.Revocations.IsRevoked(_identity!))
            Close(CloseCode.TokenRevoked, new ProtocolError(ErrorCode.TokenRevoked, "The token was revoked; sign in again."));
    }

    /// <summary>Sends what waits and the reason, then closes. Nothing is delivered any more.</summary>
    private void Close(CloseCode code, ProtocolError? why)
    {
        if (_isClosing || !_isOpen) return;
        _starting?.Fail(why ?? Unavailable());
        if (why is not null) SendControl(new ErrorFrame { Code = why.Code.Word(), Message = why.Message, RetryAfter = why.RetryAfter?.TotalSeconds });
        Write();
        _isClosing = true;
        _closeCode = code;
        DropWaiting();
        _transport.Close(code, code.Word());
        // A transport that waits for answers does not read, and so would not see the end either.
        ReleaseReader();
    }

    private void OnClosed(CloseCode? code)
    {
        if (!_isOpen) return;
        _isOpen = false;
        _isClosing = true;
        _starting?.Fail(Unavailable());
        var reason = _closeCode ?? code;
        EndRooms();
        EndSubscriptions();
        DropWaiting();
        DropQueue();
        ReleaseReader();
        // A socket is one of several over one connection of the user's, which is counted as a whole.
        if (_identity is { } identity && !IsSocket) _node.ConnectionCounts.Leave(identity.User);
        Interlocked.Decrement(ref Lane.ConnectionCount);
        var word = reason?.Word() ?? "broken";
        _node.Metrics.ConnectionClosed(_countedKind, _codec.Name, reason);
        // Last: who finds it gone there finds it counted nowhere.
        _node.Hub.Remove(this, _identity?.User);
        var seconds = Since(_openedAt).TotalSeconds;
        Log.Closed(_node.Logger, CoarseLevel, Id, _identity?.User, word, seconds);
    }

    /// <summary>A piece of work for the connection's lane.</summary>
    private sealed class Posted(Connection connection, Action<Connection> action) : LaneWork
    {
        public override void Run() => action(connection);
    }
}
