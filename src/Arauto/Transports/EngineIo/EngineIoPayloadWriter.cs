using System.Buffers.Text;

namespace Arauto.Transports.EngineIo;

/// <summary>Translates WebSocket frames to the body of a poll's answer: text as it is, binary as <c>b</c> and Base64, joined with U+001E.</summary>
internal static class EngineIoPayloadWriter
{
    /// <summary>How many bytes <see cref="Write"/> will write.</summary>
    public static int Measure(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        var bytes = 0;
        foreach (var memory in frames)
        {
            var reader = new EngineIoFrameReader(memory.Span);
            while (reader.TryNext(out var isBinary, out var payload))
                bytes += 1 + (isBinary ? 1 + Base64.GetMaxEncodedToUtf8Length(payload.Length) : payload.Length);
        }
        return Math.Max(0, bytes - 1);
    }

    /// <summary>Writes the body.</summary>
    /// <param name="frames">What <see cref="Measure"/> was asked about.</param>
    /// <param name="body">As long as it said.</param>
    public static void Write(ReadOnlySpan<ReadOnlyMemory<byte>> frames, Span<byte> body)
    {
        var at = 0;
        foreach (var memory in frames)
        {
            var reader = new EngineIoFrameReader(memory.Span);
            while (reader.TryNext(out var isBinary, out var payload))
            {
                if (at > 0) body[at++] = EngineIoPayloadReader.Separator;
                at += WritePacket(isBinary, payload, body[at..]);
            }
        }
    }

    private static int WritePacket(bool isBinary, ReadOnlySpan<byte> payload, Span<byte> body)
    {
        if (!isBinary)
        {
            payload.CopyTo(body);
            return payload.Length;
        }
        body[0] = (byte)EngineIoPacketType.Binary;
        Base64.EncodeToUtf8(payload, body[1..], out _, out var written);
        return 1 + written;
    }
}
