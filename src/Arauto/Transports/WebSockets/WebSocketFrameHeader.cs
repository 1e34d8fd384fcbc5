using System.Buffers.Binary;

namespace Arauto.Transports.WebSockets;

/// <summary>Writes the header of a frame from server to client: one frame per message, not masked. RFC 6455 section 5.2.</summary>
internal static class WebSocketFrameHeader
{
    /// <summary>The longest header a server writes.</summary>
    public const int MaxBytes = 10;

    /// <summary>The bit that marks the message as compressed, RFC 7692 section 6.</summary>
    private const byte Rsv1 = 0x40;
    private const byte Fin = 0x80;

    /// <summary>Writes the header to the front of <paramref name="destination"/>, which must have <see cref="MaxBytes"/> bytes of room.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, WebSocketOpcode opcode, int payloadBytes, bool compressed = false)
    {
        destination[0] = (byte)(Fin | (compressed ? Rsv1 : 0) | (byte)opcode);
        switch (payloadBytes)
        {
            case < 126:
                destination[1] = (byte)payloadBytes;
                return 2;
            case <= ushort.MaxValue:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadBytes);
                return 4;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payloadBytes);
                return 10;
        }
    }
}
