using System.Numerics;
using System.Runtime.InteropServices;

namespace Arauto.Transports.WebSockets;

/// <summary>The masking of payloads, RFC 6455 section 5.3: byte i is XORed with byte i modulo 4 of the key. It is its own inverse.</summary>
internal static class WebSocketMask
{
    /// <summary>Masks or unmasks <paramref name="data"/> in place.</summary>
    /// <param name="data">The payload, or the next part of it.</param>
    /// <param name="key">The key's four bytes as they stand in memory.</param>
    /// <returns>The key for the part that follows, rotated by the number of bytes done.</returns>
    public static uint Apply(Span<byte> data, uint key)
    {
        var rest = data;
        if (rest.Length >= Vector<byte>.Count)
        {
            // The width of a vector is a multiple of 4, so the key keeps its phase from one vector to the next.
            var wide = Vector.AsVectorByte(new Vector<uint>(key));
            do
            {
                (new Vector<byte>(rest) ^ wide).CopyTo(rest);
                rest = rest[Vector<byte>.Count..];
            }
            while (rest.Length >= Vector<byte>.Count);
        }

        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key));
        for (var i = 0; i < rest.Length; i++)
            rest[i] ^= bytes[i & 3];

        var done = (data.Length & 3) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, done) : BitOperations.RotateLeft(key, done);
    }
}
