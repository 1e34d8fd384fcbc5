using System.Collections.Concurrent;
using System.Collections.Immutable;
using Arauto.Auth;
using Arauto.Connections;
using Arauto.Gateways;
using Arauto.Protocols.SocketIo;

namespace Arauto.SocketIo;

/// <summary>What is behind a <see cref="Gateways.Socket"/>. Safe for concurrent use.</summary>
internal sealed class SocketState
{
    private readonly Lock _gate = new();
    private readonly ISocketLink _link;
    private readonly SocketIoOptions _options;
    private ImmutableDictionary<string, string> _rooms = ImmutableDictionary<string, string>.Empty;
    private ImmutableHashSet<string> _byRight = [];
    private ConcurrentDictionary<string, object?>? _data;
    private PendingAcks? _acks;
    private CancellationTokenSource? _disconnected;
    private Connection? _connection;
    private bool _ended;
    private bool _isCounted;

    public SocketState(SocketNamespace ns, ISocketLink link, SocketIoOptions options, string id, Identity identity, Handshake handshake)
    {
        Namespace = ns;
        _link = link;
        _options = options;
        Id = id;
        Identity = identity;
        Handshake = handshake;
        OwnChannel = ns.ChannelOf(id);
        Inbox = new SocketInbox(options.MaxPendingEvents);
        Socket = new Socket(this);
        _rooms = _rooms.Add(id, OwnChannel);
    }

    public Socket Socket { get; }

    public SocketNamespace Namespace { get; }

    public string Id { get; }

    public string OwnChannel { get; }

    public Identity Identity { get; }

    public Handshake Handshake { get; }

    /// <summary>Whether it came without a token.</summary>
    public bool IsAnonymous => Identity.User == Id;

    public SocketInbox Inbox { get; }

    public ISocketLink Link => _link;

    public bool Recovered { get; private set; }

    /// <summary>The secret by which it recovers, or <see langword="null"/>.</summary>
    public string? RecoveryId { get; private set; }

    /// <summary>Whether its client can acknowledge what the server emits.</summary>
    public bool CanAcknowledge => _link is SocketIoSession;

    public string Transport => _link.Transport;

    public bool IsConnected => _connection is not null && !Volatile.Read(ref _ended);

    public IReadOnlyCollection<string> Rooms => [.. _rooms.Keys];

    public ConcurrentDictionary<string, object?> Data
    {
        get
        {
            if (_data is not null) return _data;
            lock (_gate) return _data ??= new ConcurrentDictionary<string, object?>(1, 1, StringComparer.Ordinal);
        }
    }

    public CancellationToken Disconnected
    {
        get
        {
            lock (_gate)
            {
                if (_ended) return new CancellationToken(canceled: true);
                return (_disconnected ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>Acknowledgements it owes.</summary>
    public PendingAcks Acks
    {
        get
        {
            if (_acks is not null) return _acks;
            lock (_gate)
            {
                if (_acks is not null) return _acks;
                var acks = new PendingAcks();
                if (_ended) acks.End(Id);
                return _acks = acks;
            }
        }
    }

    /// <summary>Takes over what an earlier connection of the same socket was.</summary>
    public void Continue(AwaySocket away)
    {
        Recovered = true;
        RecoveryId = away.RecoveryId;
        _rooms = away.Rooms;
        _byRight = away.ByRight;
        _data = away.Data;
    }

    /// <summary>Makes it recoverable.</summary>
    public void MakeRecoverable(string recoveryId) => RecoveryId = recoveryId;

    /// <summary>The rooms with the channels they are.</summary>
    public ImmutableDictionary<string, string> RoomChannels => _rooms;

    /// <summary>The channels it is in because its user may, rather than because the application wants it; the right must still be there when it recovers.</summary>
    public ImmutableHashSet<string> ByRight => _byRight;

    /// <summary>Notes that it is in a channel by its user's right.</summary>
    public void NoteRight(string channel)
    {
        lock (_gate) _byRight = _byRight.Add(channel);
    }

    /// <summary>It is in its namespace.</summary>
    public void Opened(Connection connection) => Volatile.Write(ref _connection, connection);

    public bool IsIn(string room) => _rooms.ContainsKey(room);

    /// <summary>From now on the cluster knows which rooms somebody here is in for its sake.</summary>
    public void Count()
    {
        lock (_gate)
        {
            if (_isCounted) return;
            _isCounted = true;
            foreach (var room in _rooms.Keys) Namespace.Cluster.Entered(room);
        }
    }

    /// <summary>The cluster need not think of it any more.</summary>
    public void Discount()
    {
        lock (_gate)
        {
            if (!_isCounted) return;
            _isCounted = false;
            foreach (var room in _rooms.Keys) Namespace.Cluster.Left(room);
        }
    }

    public async ValueTask JoinAsync(string room)
    {
        RoomName.Check(room);
        var channel = Namespace.ChannelOf(room);
        lock (_gate)
        {
            if (_ended) throw new SocketDisconnectedException(Id);
            if (_rooms.ContainsKey(room)) return;
            if (_rooms.Count >= _options.MaxRooms) throw new InvalidOperationException($"A socket may be in {_options.MaxRooms} rooms; leave some first, or raise {nameof(SocketIoOptions.MaxRooms)}.");
            // Before it is in its namespace the room is only noted: it enters it with the others.
            if (_connection is null)
            {
                _rooms = _rooms.Add(room, channel);
                return;
            }
        }
        if (!await _connection.JoinAsync(channel, Namespace.RuleOf(channel)).ConfigureAwait(false)) throw new SocketDisconnectedException(Id);
        lock (_gate)
        {
            if (_isCounted && !_rooms.ContainsKey(room)) Namespace.Cluster.Entered(room);
            _rooms = _rooms.SetItem(room, channel);
        }
    }

    public async ValueTask LeaveAsync(string room)
    {
        RoomName.Check(room);
        string? channel;
        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out channel)) return;
            Remove(room);
        }
        if (_connection is not null) await _connection.LeaveAsync(channel).ConfigureAwait(false);
    }

    /// <summary>The connection does not hear a channel any more: a right has gone.</summary>
    public void Left(string channel)
    {
        lock (_gate)
        {
            if (_ended) return;
            foreach (var (room, known) in _rooms)
                if (known == channel) Remove(room);
        }
    }

    public async Task<EventArguments> EmitWithAckAsync(string name, EventArguments arguments, TimeSpan? timeout)
    {
        if (!CanAcknowledge) throw new NotSupportedException("Clients of the native protocol do not acknowledge; emit an event and have them answer with one.");
        if (Acks.Expect(out var id) is not { } answer || _connection is null) throw new SocketDisconnectedException(Id);
        _connection.SendFromOutside(SocketIoCodec.Encode(output => SocketIoEncoder.Event(output, Namespace.Name, id, name, arguments, [])));
        var wait = timeout ?? _options.AckTimeout;
        try
        {
            return await answer.WaitAsync(wait, Namespace.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Acks.Forget(id);
            throw new AckTimeoutException(name, wait, [], 1);
        }
    }

    /// <summary>Sends an event to this client alone, past the log.</summary>
    public void Send(string name, EventArguments arguments) =>
        _connection?.SendFromOutside(SocketIoCodec.Encode(output => SocketIoEncoder.Event(output, Namespace.Name, null, name, arguments, [])));

    /// <summary>Answers an event.</summary>
    public void Acknowledge(long id, EventArguments arguments) =>
        _connection?.SendFromOutside(SocketIoCodec.Encode(output => SocketIoEncoder.Ack(output, Namespace.Name, id, arguments)));

    public void Disconnect(bool closeConnection)
    {
        if (closeConnection) _link.CloseByServer(this);
        else _link.LeaveByServer(this);
    }

    private void Remove(string room)
    {
        _rooms = _rooms.Remove(room);
        if (_isCounted) Namespace.Cluster.Left(room);
    }

    /// <summary>It has gone: nobody waits for it any more.</summary>
    public void End()
    {
        CancellationTokenSource? disconnected;
        PendingAcks? acks;
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            (disconnected, acks) = (_disconnected, _acks);
        }
        acks?.End(Id);
        // What is registered there is the application's; it runs where handlers do.
        if (disconnected is not null) ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), disconnected, preferLocal: false);
    }
}
