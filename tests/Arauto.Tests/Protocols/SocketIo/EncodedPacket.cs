using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Arauto.Protocols.SocketIo;

namespace Arauto.Tests.Protocols.SocketIo;

/// <summary>What an encoder wrote: the text of the packet without the digit of Engine.IO, and its attachments.</summary>
internal sealed record EncodedPacket(string Text, byte[][] Attachments)
{
    public static EncodedPacket Of(Action<IBufferWriter<byte>> encode)
    {
        var output = new ArrayBufferWriter<byte>();
        encode(output);
        var frames = Frames(output.WrittenSpan.ToArray()).ToArray();
        Assert.Equal(0x81, frames[0].First);
        Assert.All(frames[1..], frame => Assert.Equal(0x82, frame.First));
        Assert.Equal((byte)'4', frames[0].Payload[0]);
        return new EncodedPacket(Encoding.UTF8.GetString(frames[0].Payload.AsSpan(1)), [.. frames[1..].Select(frame => frame.Payload)]);
    }

    /// <summary>Reads the packet as a client's.</summary>
    public SocketIoDecodeResult Decode(SocketIoDecoder decoder)
    {
        var result = decoder.Add(Encoding.UTF8.GetBytes(Text));
        foreach (var attachment in Attachments)
        {
            Assert.Equal(SocketIoDecodeStatus.NeedMore, result.Status);
            result = decoder.AddBinary(attachment);
        }
        return result;
    }

    private static IEnumerable<(byte First, byte[] Payload)> Frames(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var first = bytes[at];
            var (length, header) = bytes[at + 1] switch
            {
                126 => (BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2)), 4),
                127 => ((int)BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at + 2)), 10),
                var small => (small, 2),
            };
            yield return (first, bytes[(at + header)..(at + header + length)]);
            at += header + length;
        }
    }
}
