using System.Buffers.Binary;
using System.Text;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>Makes frames as a client sends them, good ones and bad ones.</summary>
internal static class ClientFrame
{
    public const byte Fin = 0x80;
    public const byte Rsv1 = 0x40;

    public static byte[] Text(string text) => Create(Fin | 1, Encoding.UTF8.GetBytes(text));

    public static byte[] Close(int code, string reason = "")
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return Create(Fin | 8, payload);
    }

    /// <summary>A masked frame with the shortest form of its length.</summary>
    public static byte[] Create(int first, ReadOnlySpan<byte> payload, uint mask = 0xA1B2C3D4)
    {
        var header = Header(first, payload.Length, mask);
        var frame = new byte[header.Length + payload.Length];
        header.CopyTo(frame, 0);
        payload.CopyTo(frame.AsSpan(header.Length));
        for (var i = 0; i < payload.Length; i++)
            frame[header.Length + i] ^= header[header.Length - 4 + i % 4];
        return frame;
    }

    /// <summary>A header that announces any length.</summary>
    public static byte[] Header(int first, long length, uint mask = 0xA1B2C3D4, int? lengthBytes = null)
    {
        var size = lengthBytes ?? (length < 126 ? 0 : length <= ushort.MaxValue ? 2 : 8);
        var header = new byte[2 + size + 4];
        header[0] = (byte)first;
        header[1] = (byte)(0x80 | size switch { 0 => (int)length, 2 => 126, _ => 127 });
        if (size == 2) BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)length);
        if (size == 8) BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(2 + size), mask);
        return header;
    }

    /// <summary>The payload of a message compressed by our own compressor, or as one stored block if it does not shrink.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> payload)
    {
        if (WebSocketDeflater.TryDeflate(payload, out var buffer, out var length)) return buffer.AsSpan(0, length).ToArray();
        Assert.InRange(payload.Length, 0, ushort.MaxValue);
        return [0x00, (byte)payload.Length, (byte)(payload.Length >> 8), (byte)~payload.Length, (byte)(~payload.Length >> 8), .. payload, 0x00];
    }
}
