using System.Buffers;
using System.IO.Compression;
using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

/// <summary>Decompresses one message, RFC 7692 section 7.2.2, and keeps nothing for the next (<c>client_no_context_takeover</c>).</summary>
/// <remarks>
/// A <see cref="DeflateStream"/> cannot be reset, so there is nothing to pool and each compressed message pays for a new one: measured,
/// 2 µs and 280 bytes for a message of 1 KB. A window per connection would cost 40 KB while the connection is idle.
/// </remarks>
internal static class WebSocketInflater
{
    /// <summary>The end of every flushed block; the sender cuts it off, so it must be put back.</summary>
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>Decompresses <paramref name="compressed"/> to at most <paramref name="limit"/> bytes.</summary>
    /// <param name="compressed">The payload of the whole message.</param>
    /// <param name="limit">The message limit. Decompression stops one byte above it, whatever the input could become.</param>
    /// <param name="buffer">The result, rented from the shared pool; <see langword="null"/> after a violation.</param>
    /// <param name="length">The length of the result.</param>
    /// <returns><see langword="null"/>, or 1009 for a result above the limit, 1007 for data that is not a deflate stream.</returns>
    public static WebSocketViolation? Inflate(ReadOnlySpan<byte> compressed, int limit, out byte[]? buffer, out int length)
    {
        var source = ArrayPool<byte>.Shared.Rent(compressed.Length + Tail.Length);
        compressed.CopyTo(source);
        Tail.CopyTo(source.AsSpan(compressed.Length));
        buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit + 1L, Math.Max(1024, compressed.Length * 4L)));
        length = 0;
        try
        {
            using var stream = new DeflateStream(new MemoryStream(source, 0, compressed.Length + Tail.Length), CompressionMode.Decompress);
            while (true)
            {
                // A rented buffer may be larger than asked for: the limit, not the buffer, ends the loop.
                var read = stream.Read(buffer, length, Math.Min(buffer.Length, limit + 1) - length);
                if (read == 0) return null;
                length += read;
                if (length > limit) return Refuse(WebSocketFrameReader.TooBig(limit), ref buffer);
                if (length == buffer.Length) Grow(ref buffer, length, limit);
            }
        }
        catch (InvalidDataException)
        {
            return Refuse(new WebSocketViolation(CloseCode.InvalidPayload, "a compressed message is not a deflate stream"), ref buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(source);
        }
    }

    private static void Grow(ref byte[] buffer, int length, int limit)
    {
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit + 1L, length * 2L));
        buffer.AsSpan(0, length).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = grown;
    }

    private static WebSocketViolation Refuse(WebSocketViolation violation, ref byte[]? buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer!);
        buffer = null;
        return violation;
    }
}
