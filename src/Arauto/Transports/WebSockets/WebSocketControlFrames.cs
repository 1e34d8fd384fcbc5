using System.Buffers;
using System.Buffers.Binary;

namespace Arauto.Transports.WebSockets;

/// <summary>The control frames that wait for a write to end: at most one of each kind, so that no flood of pings can make it grow.</summary>
/// <remarks>Not thread-safe; guarded by the lock of <see cref="WebSocketWriter"/>.</remarks>
internal struct WebSocketControlFrames
{
    private const int MaxFrameBytes = 2 + 125;

    private byte[]? _pong;
    private int _pongBytes;
    private bool _ping;
    private byte[]? _close;

    /// <summary>Owes a pong; an older one that was not sent yet is forgotten, RFC 6455 section 5.5.3.</summary>
    public void SetPong(ReadOnlySpan<byte> payload)
    {
        _pong ??= ArrayPool<byte>.Shared.Rent(MaxFrameBytes);
        var header = WebSocketFrameHeader.Write(_pong, WebSocketOpcode.Pong, payload.Length);
        payload.CopyTo(_pong.AsSpan(header));
        _pongBytes = header + payload.Length;
    }

    /// <summary>Owes a ping, whose payload is the time at which it is taken.</summary>
    public void SetPing() => _ping = true;

    /// <summary>Owes the close frame.</summary>
    public void SetClose(byte[] frame) => _close = frame;

    /// <summary>Puts what is owed into one rented buffer, the close frame last.</summary>
    public bool TryTake(WebSocketTransport owner, out ReadOnlyMemory<byte> chunk, out byte[]? rented)
    {
        chunk = default;
        rented = null;
        if (_pong is null && !_ping && _close is null) return false;

        rented = ArrayPool<byte>.Shared.Rent(3 * MaxFrameBytes);
        var length = 0;
        if (_pong is not null)
        {
            _pong.AsSpan(0, _pongBytes).CopyTo(rented);
            length = _pongBytes;
        }

        if (_ping)
        {
            length += WebSocketFrameHeader.Write(rented.AsSpan(length), WebSocketOpcode.Ping, sizeof(long));
            BinaryPrimitives.WriteInt64BigEndian(rented.AsSpan(length), owner.StampPing());
            length += sizeof(long);
        }

        if (_close is not null)
        {
            _close.CopyTo(rented, length);
            length += _close.Length;
        }

        Clear();
        chunk = rented.AsMemory(0, length);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (_pong is not null) ArrayPool<byte>.Shared.Return(_pong);
        this = default;
    }
}
