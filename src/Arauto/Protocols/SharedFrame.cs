using Arauto.Protocol.Frames;

namespace Arauto.Protocols;

/// <summary>A frame that many connections get. Encoded at most once per codec and wrapped at most once per format, whatever their number.</summary>
/// <remarks>Safe for concurrent use by all lanes; the returned memory never changes.</remarks>
internal sealed class SharedFrame(ServerFrame frame, long receivedAt = 0)
{
    private readonly Lock _gate = new();
    private byte[]?[] _wires = new byte[]?[2];
    private byte[]?[] _payloads = new byte[]?[1];

    /// <summary>The frame.</summary>
    public ServerFrame Frame { get; } = frame;

    /// <summary>The frame as a message; <see langword="null"/> if it is an ephemeral one.</summary>
    public MessageFrame? Message { get; } = frame as MessageFrame;

    /// <summary>The timestamp (of the node's <see cref="TimeProvider"/>) at which this node took the message; 0 if it came from the log.</summary>
    public long ReceivedAt { get; } = receivedAt;

    /// <summary>How often this frame was encoded; one per codec in use is right.</summary>
    public int Encodings { get; private set; }

    /// <summary>The bytes for one format.</summary>
    public ReadOnlyMemory<byte> In(FrameFormat format)
    {
        var wires = Volatile.Read(ref _wires);
        if (format.Index < wires.Length && Volatile.Read(ref wires[format.Index]) is { } bytes) return bytes;
        return Encode(format);
    }

    private byte[] Encode(FrameFormat format)
    {
        lock (_gate)
        {
            Grow(ref _wires, format.Index);
            Grow(ref _payloads, format.CodecIndex);
            if (_wires[format.Index] is { } known) return known;
            var payload = _payloads[format.CodecIndex];
            if (payload is null)
            {
                payload = _payloads[format.CodecIndex] = format.EncodePayload(Frame);
                Encodings++;
            }
            var wire = format.Wrap(Frame, payload);
            Volatile.Write(ref _wires[format.Index], wire);
            return wire;
        }
    }

    private static void Grow(ref byte[]?[] array, int index)
    {
        if (index < array.Length) return;
        var larger = new byte[]?[index + 2];
        array.CopyTo(larger, 0);
        Volatile.Write(ref array, larger);
    }
}
