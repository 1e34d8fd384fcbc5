using System.Collections.Immutable;
using Arauto.SocketIo;
using Arauto.SocketIo.Cluster;

namespace Arauto.Gateways;

/// <summary>Some of the sockets of a namespace: those in any of the named rooms (all if none is named), without those in any excepted room. Immutable; safe for concurrent use.</summary>
/// <remarks>
/// A socket that is in several of the rooms gets an event once. All members of a room get its events in the same order.
/// Protocol: <see href="https://socket.io/docs/v4/broadcasting-events/"/>.
/// </remarks>
public sealed class Emitter
{
    private readonly SocketNamespace _namespace;
    private readonly ImmutableArray<string> _rooms;
    private readonly ImmutableArray<string> _except;
    private readonly EmitFlags _flags;
    private readonly TimeSpan? _timeout;

    internal Emitter(SocketNamespace ns, EmitFlags flags = EmitFlags.None, TimeSpan? timeout = null)
        : this(ns, [], [], flags, timeout)
    {
    }

    private Emitter(SocketNamespace ns, ImmutableArray<string> rooms, ImmutableArray<string> except, EmitFlags flags, TimeSpan? timeout)
    {
        _namespace = ns;
        _rooms = rooms;
        _except = except;
        _flags = flags;
        _timeout = timeout;
    }

    /// <summary>Events may be dropped for sockets that cannot take them at once, and are not recovered.</summary>
    public Emitter Volatile => new(_namespace, _rooms, _except, _flags | EmitFlags.Volatile, _timeout);

    /// <summary>Only sockets of this node, also for what is no event. Such events are not kept, so they are not recovered.</summary>
    public Emitter Local => new(_namespace, _rooms, _except, _flags | EmitFlags.Local, _timeout);

    /// <summary>Also the sockets in a room; of several calls, those in any of the rooms.</summary>
    /// <exception cref="ArgumentException">The name is empty, or longer than 1,024 characters.</exception>
    public Emitter To(string room) => new(_namespace, _rooms.Add(RoomName.Check(room)), _except, _flags, _timeout);

    /// <summary>The same as <see cref="To"/>.</summary>
    public Emitter In(string room) => To(room);

    /// <summary>Not the sockets in a room.</summary>
    /// <exception cref="ArgumentException">The name is empty, or longer than 1,024 characters.</exception>
    public Emitter Except(string room) => new(_namespace, _rooms, _except.Add(RoomName.Check(room)), _flags, _timeout);

    /// <summary>Says whether events may be compressed, where a client's connection can.</summary>
    public Emitter Compress(bool compress) => new(_namespace, _rooms, _except, compress ? _flags & ~EmitFlags.Uncompressed : _flags | EmitFlags.Uncompressed, _timeout);

    /// <summary>Waits that long for acknowledgements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is not above zero.</exception>
    public Emitter Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return new Emitter(_namespace, _rooms, _except, _flags, timeout);
    }

    /// <summary>Emits an event.</summary>
    /// <param name="name">The event.</param>
    /// <param name="args">Its arguments; see <see cref="EventArguments.From"/>.</param>
    /// <returns>Completes when the event has its place in the room's channel; it never waits for a client.</returns>
    /// <exception cref="EmitRefusedException">It could not be taken.</exception>
    public ValueTask EmitAsync(string name, params ReadOnlySpan<object?> args) => _namespace.EmitAsync(
        new Emission(name, _namespace.Arguments(name, args), _namespace.ChannelsOf(_rooms), _namespace.RoomChannelsOf(_except), _flags) { To = Chosen });

    /// <summary>Emits an event and waits for the acknowledgement of every socket, for the time of <see cref="Timeout"/> or <see cref="SocketIoOptions.AckTimeout"/>; clients of the native protocol cannot acknowledge and are not asked.</summary>
    /// <returns>One entry per socket, in no order.</returns>
    /// <remarks>For sockets of other servers the time ends after ten minutes.</remarks>
    /// <exception cref="EmitRefusedException">It could not be taken: it is too large, or for too many rooms.</exception>
    /// <exception cref="AckTimeoutException">Some did not come in time; those that came are in it. A server that says nothing counts as one.</exception>
    /// <exception cref="ClusterUnavailableException">Sockets of other servers cannot be asked now; those of this one were.</exception>
    public Task<IReadOnlyList<EventArguments>> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) =>
        _namespace.EmitWithAckAsync(name, _namespace.Arguments(name, args), Chosen, _flags, _timeout);

    /// <summary>Puts the sockets into a room. Those of this server are in it when the task completes; others soon after. What one socket cannot do keeps no other from it.</summary>
    /// <exception cref="ClusterUnavailableException">Other servers cannot be told now; the sockets of this one are in the room.</exception>
    /// <exception cref="InvalidOperationException">A socket of this server is in as many rooms as it may be; the others are in this one, too.</exception>
    /// <exception cref="Stores.StoreUnavailableException">The room's log is away, so sockets of this server are not in the room.</exception>
    public ValueTask SocketsJoinAsync(string room) => _namespace.JoinAsync(Chosen, [RoomName.Check(room)], _flags);

    /// <summary>Takes the sockets out of a room. Those of this server are out of it when the task completes; others soon after.</summary>
    /// <exception cref="ClusterUnavailableException">Other servers cannot be told now.</exception>
    public ValueTask SocketsLeaveAsync(string room) => _namespace.LeaveAsync(Chosen, [RoomName.Check(room)], _flags);

    /// <summary>Ends the sockets. See <see cref="Socket.DisconnectAsync"/>.</summary>
    /// <exception cref="ClusterUnavailableException">Other servers cannot be told now.</exception>
    public ValueTask DisconnectSocketsAsync(bool closeConnection = false) => _namespace.DisconnectAsync(Chosen, closeConnection, _flags);

    /// <summary>The sockets, as they are now.</summary>
    /// <exception cref="ClusterTimeoutException">Not every server answered in time; the sockets of the others are in it.</exception>
    /// <exception cref="ClusterUnavailableException">Other servers cannot be asked now; <see cref="Local"/> still answers for this one.</exception>
    public Task<IReadOnlyList<RemoteSocket>> FetchSocketsAsync() => _namespace.FetchSocketsAsync(Chosen, _flags);

    private Recipients Chosen => new(_rooms, _except);
}
