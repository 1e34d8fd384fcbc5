using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace Arauto.Transports.WebSockets;

/// <summary>Compresses one message with a fresh window, RFC 7692 section 7.2.1.</summary>
/// <remarks>Called once per message and framing, not per receiver, so a new <see cref="DeflateStream"/> each time is affordable.</remarks>
internal static class WebSocketDeflater
{
    /// <summary>The end of a flushed block (an empty stored block without its header bits), which the sender cuts off.</summary>
    private const int TailBytes = 4;

    /// <summary>Compresses <paramref name="payload"/>, unless it would not become smaller.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="buffer">The result, rented from the shared pool: the caller returns it.</param>
    /// <param name="length">The length of the result.</param>
    public static bool TryDeflate(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out byte[]? buffer, out int length)
    {
        // The tail is written before it is cut off, so it needs room; anything longer is not worth sending.
        var sink = new DeflateSink(payload.Length - 1 + TailBytes);
        using (var stream = new DeflateStream(sink, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(payload);
            stream.Flush();
            // Disposing writes a final block, which has no place here: a message ends with a flush, not with the stream.
            sink.Seal();
        }

        length = (int)sink.Length - TailBytes;
        buffer = sink.Detach(keep: !sink.Overflowed);
        return buffer is not null;
    }
}
