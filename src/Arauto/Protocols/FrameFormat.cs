using System.Buffers;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Transports;

namespace Arauto.Protocols;

/// <summary>One way in which a frame can stand on a wire: a codec and the framing around it. All connections with the same pair share one instance, and so the bytes.</summary>
internal sealed class FrameFormat
{
    private static readonly Lock Gate = new();
    private static readonly List<FrameFormat> All = [];
    private static readonly List<IServerCodec> Codecs = [];

    private FrameFormat(IServerCodec codec, Framing framing, int index, int codecIndex)
    {
        Codec = codec;
        Framing = framing;
        Index = index;
        CodecIndex = codecIndex;
    }

    /// <summary>What the bytes mean.</summary>
    public IServerCodec Codec { get; }

    /// <summary>How they are wrapped.</summary>
    public Framing Framing { get; }

    /// <summary>The place of this format in a frame's cache.</summary>
    public int Index { get; }

    /// <summary>The place of the codec in a frame's cache of payloads.</summary>
    public int CodecIndex { get; }

    /// <summary>The one instance for a pair.</summary>
    public static FrameFormat Get(IServerCodec codec, Framing framing)
    {
        lock (Gate)
        {
            foreach (var known in All)
                if (known.Codec == codec && known.Framing == framing) return known;
            var codecIndex = Codecs.IndexOf(codec);
            if (codecIndex < 0)
            {
                codecIndex = Codecs.Count;
                Codecs.Add(codec);
            }
            var format = new FrameFormat(codec, framing, All.Count, codecIndex);
            All.Add(format);
            return format;
        }
    }

    /// <summary>Encodes and wraps a frame that only one connection gets.</summary>
    public byte[] Encode(ServerFrame frame)
    {
        var payload = Scratch.Payload;
        payload.ResetWrittenCount();
        Codec.EncodeFrame(frame, payload);
        var bytes = Wrap(frame, payload.WrittenSpan);
        Scratch.Trim();
        return bytes;
    }

    /// <summary>Encodes a frame without wrapping it.</summary>
    public byte[] EncodePayload(ServerFrame frame)
    {
        var payload = Scratch.Payload;
        payload.ResetWrittenCount();
        Codec.EncodeFrame(frame, payload);
        var bytes = payload.WrittenSpan.ToArray();
        Scratch.Trim();
        return bytes;
    }

    /// <summary>Wraps an encoded payload; empty if codec or framing have no place for the frame.</summary>
    public byte[] Wrap(ServerFrame frame, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return [];
        var wire = Scratch.Wire;
        wire.ResetWrittenCount();
        Framing.Write(frame, payload, wire);
        return wire.WrittenSpan.ToArray();
    }

    /// <summary>Per-thread buffers: encoding happens on few threads, and a frame's final bytes are copied out at their exact size.</summary>
    private static class Scratch
    {
        private const int KeepBytes = 256 * 1024;

        [ThreadStatic] private static ArrayBufferWriter<byte>? _payload;
        [ThreadStatic] private static ArrayBufferWriter<byte>? _wire;

        public static ArrayBufferWriter<byte> Payload => _payload ??= new ArrayBufferWriter<byte>(4096);

        public static ArrayBufferWriter<byte> Wire => _wire ??= new ArrayBufferWriter<byte>(4096);

        /// <summary>Lets go of buffers that one huge frame has made large.</summary>
        public static void Trim()
        {
            if (_payload?.Capacity > KeepBytes) _payload = null;
            if (_wire?.Capacity > KeepBytes) _wire = null;
        }
    }
}
