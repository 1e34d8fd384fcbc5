using Arauto.SocketIo;

namespace Arauto.Gateways;

/// <summary>One socket, and how to emit to it. Immutable; safe for concurrent use.</summary>
public sealed class SocketEmitter
{
    private readonly SocketState _state;
    private readonly EmitFlags _flags;
    private readonly TimeSpan? _timeout;

    internal SocketEmitter(SocketState state, EmitFlags flags, TimeSpan? timeout)
    {
        _state = state;
        _flags = flags;
        _timeout = timeout;
    }

    /// <summary>The event may be dropped if the client cannot take it at once, and is not recovered.</summary>
    public SocketEmitter Volatile => new(_state, _flags | EmitFlags.Volatile, _timeout);

    /// <summary>Everybody else in the namespace, in the same manner.</summary>
    public Emitter Broadcast => new Emitter(_state.Namespace, _flags, _timeout).Except(_state.Id);

    /// <summary>Says whether the event may be compressed, where the client's connection can.</summary>
    public SocketEmitter Compress(bool compress) => new(_state, compress ? _flags & ~EmitFlags.Uncompressed : _flags | EmitFlags.Uncompressed, _timeout);

    /// <summary>Waits that long for the acknowledgement.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is not above zero.</exception>
    public SocketEmitter Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return new SocketEmitter(_state, _flags, timeout);
    }

    /// <summary>Everybody else in a room, in the same manner.</summary>
    public Emitter To(string room) => new Emitter(_state.Namespace, _flags, _timeout).To(room).Except(_state.Id);

    /// <summary>Everybody else in the namespace but those in a room, in the same manner.</summary>
    public Emitter Except(string room) => Broadcast.Except(room);

    /// <inheritdoc cref="Socket.EmitAsync"/>
    public ValueTask EmitAsync(string name, params ReadOnlySpan<object?> args)
    {
        var arguments = _state.Namespace.Arguments(name, args);
        return _state.Namespace.EmitAsync(new Emission(name, arguments, [_state.OwnChannel], [], _flags));
    }

    /// <inheritdoc cref="Socket.EmitWithAckAsync"/>
    public Task<EventArguments> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) =>
        _state.EmitWithAckAsync(name, _state.Namespace.Arguments(name, args), _timeout);
}
