using System.Buffers;
using System.Text;
using Arauto.Protocol.Frames;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketFramingTests
{
    [Theory]
    [InlineData(0, "8100")]
    [InlineData(125, "817D")]
    [InlineData(126, "817E007E")]
    [InlineData(65535, "817EFFFF")]
    [InlineData(65536, "817F0000000000010000")]
    public void The_header_has_the_shortest_length(int length, string header)
    {
        var payload = new byte[length];
        var frame = Write(WebSocketFraming.Text, payload);
        Assert.Equal(header, Convert.ToHexString(frame, 0, header.Length / 2));
        Assert.Equal(payload, frame[(header.Length / 2)..]);
    }

    [Fact]
    public void Binary_frames_have_opcode_2() => Assert.Equal([0x82, 1, 7], Write(WebSocketFraming.Binary, [7]));

    [Fact]
    public void A_compressed_frame_inflates_to_its_payload_without_the_tail()
    {
        var payload = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"type\":\"chat\"}", 100)));
        var frame = Write(WebSocketFraming.TextDeflate, payload);
        Assert.Equal(0xC1, frame[0]);
        Assert.InRange(frame.Length, 3, payload.Length / 5);
        Assert.False(frame.AsSpan().EndsWith((ReadOnlySpan<byte>)[0, 0, 0xFF, 0xFF]));
        var deflated = frame.AsSpan(frame[1] == 126 ? 4 : 2);
        Assert.Null(WebSocketInflater.Inflate(deflated, payload.Length, out var buffer, out var length));
        Assert.Equal(payload, buffer.AsSpan(0, length).ToArray());
    }

    [Fact]
    public void What_does_not_shrink_or_is_small_stays_plain()
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);
        Assert.Equal(0x82, Write(WebSocketFraming.BinaryDeflate, noise)[0]);
        Assert.Equal(0x81, Write(WebSocketFraming.TextDeflate, new byte[WebSocketFraming.CompressAboveBytes - 1])[0]);
        Assert.Equal(0xC1, Write(WebSocketFraming.TextDeflate, new byte[WebSocketFraming.CompressAboveBytes])[0]);
    }

    [Fact]
    public void Each_framing_has_an_index_of_its_own()
    {
        WebSocketFraming[] all = [WebSocketFraming.Text, WebSocketFraming.Binary, WebSocketFraming.TextDeflate, WebSocketFraming.BinaryDeflate];
        Assert.Equal(4, all.Select(framing => framing.Index).Distinct().Count());
        Assert.Same(WebSocketFraming.BinaryDeflate, WebSocketFraming.Get(binary: true, deflate: true));
        Assert.Same(WebSocketFraming.Text, WebSocketFraming.Get(binary: false, deflate: false));
    }

    [Fact]
    public void The_reason_of_a_close_frame_is_cut_between_characters()
    {
        var frame = WebSocketCloseFrame.Create(Arauto.Protocol.CloseCode.GoingAway, new string('€', 100));
        Assert.Equal(2 + 2 + 123, frame.Length);
        Assert.Equal(new string('€', 41), Encoding.UTF8.GetString(frame, 4, frame.Length - 4));
    }

    private static byte[] Write(WebSocketFraming framing, byte[] payload)
    {
        var output = new ArrayBufferWriter<byte>();
        framing.Write(new HeartbeatFrame(), payload, output);
        return output.WrittenSpan.ToArray();
    }
}
