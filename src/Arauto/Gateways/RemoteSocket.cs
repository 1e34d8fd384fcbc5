using Arauto.SocketIo;
using Arauto.SocketIo.Cluster;

namespace Arauto.Gateways;

/// <summary>A socket as <see cref="Emitter.FetchSocketsAsync"/> finds it: a picture of the moment, with the means to act on it. Immutable; safe for concurrent use.</summary>
public sealed class RemoteSocket
{
    private readonly SocketNamespace _namespace;

    internal RemoteSocket(SocketNamespace ns, Socket socket)
    {
        _namespace = ns;
        Id = socket.Id;
        User = socket.User;
        Handshake = socket.Handshake;
        Rooms = socket.Rooms;
        Data = new Dictionary<string, object?>(socket.Data, StringComparer.Ordinal);
    }

    internal RemoteSocket(SocketNamespace ns, PeerSocket socket)
    {
        _namespace = ns;
        Id = socket.Id;
        User = socket.User;
        Handshake = socket.Handshake;
        Rooms = socket.Rooms;
        Data = socket.Data.ToDictionary(note => note.Key, object? (note) => note.Value, StringComparer.Ordinal);
    }

    /// <summary>The socket's id.</summary>
    public string Id { get; }

    /// <summary>The user; for a socket of a Node.js server, which knows none, the socket's id.</summary>
    public string User { get; }

    /// <summary>What the client said when it came; of a socket on another server of ours without what may be secret: <c>auth</c>, and all headers and parameters but the protocol's own. Node.js servers tell everything.</summary>
    public Handshake Handshake { get; }

    /// <summary>The rooms it was in, its own among them.</summary>
    public IReadOnlyCollection<string> Rooms { get; }

    /// <summary>What handlers noted about it; of a socket on another server as <see cref="System.Text.Json.JsonElement"/>, with bytes as base64 text and without what has no JSON.</summary>
    public IReadOnlyDictionary<string, object?> Data { get; }

    /// <summary>Emits to it. See <see cref="Socket.EmitAsync"/>.</summary>
    public ValueTask EmitAsync(string name, params ReadOnlySpan<object?> args) => Emitter.EmitAsync(name, args);

    /// <summary>Puts it into a room. See <see cref="Socket.JoinAsync"/>.</summary>
    public ValueTask JoinAsync(string room) => Emitter.SocketsJoinAsync(room);

    /// <summary>Takes it out of a room.</summary>
    public ValueTask LeaveAsync(string room) => Emitter.SocketsLeaveAsync(room);

    /// <summary>Ends it. See <see cref="Socket.DisconnectAsync"/>.</summary>
    public ValueTask DisconnectAsync(bool closeConnection = false) => Emitter.DisconnectSocketsAsync(closeConnection);

    private Emitter Emitter => new Emitter(_namespace).To(Id);
}
