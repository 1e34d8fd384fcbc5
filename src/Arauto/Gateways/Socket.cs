using System.Collections.Concurrent;
using Arauto.Auth;
using Arauto.SocketIo;

namespace Arauto.Gateways;

/// <summary>One client in one namespace. All members are safe for concurrent use.</summary>
/// <remarks>
/// Protocol: <see href="https://socket.io/docs/v4/server-socket-instance/"/>. What is emitted after the client has gone is
/// kept for the recovery window, if the server recovers, and is lost otherwise; nothing throws for it.
/// </remarks>
public sealed class Socket
{
    private readonly SocketState _state;

    internal Socket(SocketState state) => _state = state;

    /// <summary>The id: 20 characters, unguessable; also the name of a room that only this socket is in.</summary>
    public string Id => _state.Id;

    /// <summary>The namespace.</summary>
    public string Namespace => _state.Namespace.Name;

    /// <summary>The user of the token; the socket's id for a client without one, where those are let in.</summary>
    public string User => _state.Identity.User;

    /// <summary>Who it is.</summary>
    public Identity Identity => _state.Identity;

    /// <summary>What the client said when it came.</summary>
    public Handshake Handshake => _state.Handshake;

    /// <summary>Whether it goes on where an earlier connection ended, with the same id, rooms and data, and nothing missing.</summary>
    public bool Recovered => _state.Recovered;

    /// <summary>How its bytes travel now: <c>polling</c> or <c>websocket</c>.</summary>
    public string Transport => _state.Transport;

    /// <summary>Whether it is there.</summary>
    public bool Connected => _state.IsConnected;

    /// <summary>Is cancelled when it goes.</summary>
    public CancellationToken Disconnected => _state.Disconnected;

    /// <summary>What handlers want to note about it; kept over a recovery.</summary>
    public ConcurrentDictionary<string, object?> Data => _state.Data;

    /// <summary>The rooms it is in, its own among them.</summary>
    public IReadOnlyCollection<string> Rooms => _state.Rooms;

    /// <summary>Everybody else in the namespace.</summary>
    public Emitter Broadcast => new Emitter(_state.Namespace).Except(Id);

    /// <summary>This socket, if it can take more at once; else the event is dropped. Volatile events are not recovered.</summary>
    public SocketEmitter Volatile => new(_state, EmitFlags.Volatile, null);

    /// <summary>Puts it into rooms. When the task completes, what is emitted to them from then on reaches it.</summary>
    /// <remarks>
    /// A room whose name has a rule under <c>channels</c>, such as <c>doc:7</c>, is that channel, with its history and its
    /// native subscribers. Whether the user may is for the handler to decide.
    /// </remarks>
    /// <exception cref="ArgumentException">A name is empty, or longer than 1,024 characters.</exception>
    /// <exception cref="InvalidOperationException">It is in as many rooms as a socket may be.</exception>
    /// <exception cref="SocketDisconnectedException">It has gone.</exception>
    /// <exception cref="Stores.StoreUnavailableException">The channel's log is away.</exception>
    public async ValueTask JoinAsync(params IReadOnlyList<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        foreach (var room in rooms) await _state.JoinAsync(room).ConfigureAwait(false);
    }

    /// <summary>Takes it out of a room. What was emitted before still reaches it.</summary>
    public ValueTask LeaveAsync(string room) => _state.LeaveAsync(room);

    /// <summary>Emits an event to this client.</summary>
    /// <param name="name">The event.</param>
    /// <param name="args">Its arguments; see <see cref="EventArguments.From"/>.</param>
    /// <returns>Completes when the event has its place; it never waits for the client.</returns>
    /// <exception cref="EmitRefusedException">It could not be taken.</exception>
    public ValueTask EmitAsync(string name, params ReadOnlySpan<object?> args) => new SocketEmitter(_state, EmitFlags.None, null).EmitAsync(name, args);

    /// <summary>Emits an event and waits for the client's acknowledgement, for the time of <see cref="SocketIoOptions.AckTimeout"/>.</summary>
    /// <exception cref="AckTimeoutException">It did not come in time.</exception>
    /// <exception cref="SocketDisconnectedException">The client went before.</exception>
    public Task<EventArguments> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) => new SocketEmitter(_state, EmitFlags.None, null).EmitWithAckAsync(name, args);

    /// <summary>Everybody in a room but this socket.</summary>
    public Emitter To(string room) => new Emitter(_state.Namespace).To(room).Except(Id);

    /// <summary>Everybody in the namespace but this socket and those in a room.</summary>
    public Emitter Except(string room) => Broadcast.Except(room);

    /// <summary>Says whether what is emitted may be compressed, where the client's connection can.</summary>
    public SocketEmitter Compress(bool compress) => new(_state, compress ? EmitFlags.None : EmitFlags.Uncompressed, null);

    /// <summary>Waits that long for acknowledgements.</summary>
    public SocketEmitter Timeout(TimeSpan timeout) => new(_state, EmitFlags.None, timeout);

    /// <summary>Ends it: the client is told and does not come back by itself.</summary>
    /// <param name="closeConnection">Whether the whole connection ends, with the client's other namespaces; the client then comes back by itself.</param>
    public ValueTask DisconnectAsync(bool closeConnection = false)
    {
        _state.Disconnect(closeConnection);
        return ValueTask.CompletedTask;
    }

    internal SocketState State => _state;
}
