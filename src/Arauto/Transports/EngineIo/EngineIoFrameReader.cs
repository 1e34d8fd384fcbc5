using System.Buffers.Binary;
using Arauto.Transports.WebSockets;

namespace Arauto.Transports.EngineIo;

/// <summary>Reads frames that this server wrote (RFC 6455 section 5.2): whole, neither masked nor compressed.</summary>
internal ref struct EngineIoFrameReader(ReadOnlySpan<byte> frames)
{
    private ReadOnlySpan<byte> _rest = frames;

    /// <summary>The payload of the next frame.</summary>
    /// <exception cref="InvalidOperationException">It is no such frame: a fault of whoever encoded it.</exception>
    public bool TryNext(out bool isBinary, out ReadOnlySpan<byte> payload)
    {
        isBinary = false;
        payload = default;
        if (_rest.IsEmpty) return false;
        isBinary = _rest[0] switch
        {
            0x80 | (byte)WebSocketOpcode.Text => false,
            0x80 | (byte)WebSocketOpcode.Binary => true,
            var first => throw new InvalidOperationException($"A frame that begins with {first:X2} cannot go over polling."),
        };
        var (header, length) = _rest[1] switch
        {
            126 => (4, (int)BinaryPrimitives.ReadUInt16BigEndian(_rest[2..])),
            127 => (10, checked((int)BinaryPrimitives.ReadUInt64BigEndian(_rest[2..]))),
            var small => (2, small),
        };
        payload = _rest.Slice(header, length);
        _rest = _rest[(header + length)..];
        return true;
    }
}
