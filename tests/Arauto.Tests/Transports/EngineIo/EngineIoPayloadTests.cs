using System.Text;
using Arauto.Tests.Support;
using Arauto.Transports.EngineIo;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>Payloads of polling, without I/O.</summary>
public sealed class EngineIoPayloadTests
{
    [Fact]
    public void Frames_of_any_size_become_packets_in_order()
    {
        var random = Seed.CreateRandom();
        for (var round = 0; round < 200; round++)
        {
            var frames = new List<ReadOnlyMemory<byte>>();
            var expected = new List<string>();
            for (var memory = random.Next(1, 5); memory > 0; memory--)
            {
                var joined = new List<byte>();
                for (var i = random.Next(1, 4); i > 0; i--)
                {
                    var length = random.Next(10) switch { 0 => random.Next(65_000, 66_500), 1 => random.Next(120, 130), _ => random.Next(20) };
                    if (random.Next(2) == 0)
                    {
                        var binary = new byte[length];
                        random.NextBytes(binary);
                        joined.AddRange(EngineIoFrames.Binary(binary));
                        expected.Add("b" + Convert.ToBase64String(binary));
                    }
                    else
                    {
                        var text = new string('é', length);
                        joined.AddRange(EngineIoFrames.Text(EngineIoPacketType.Message, text));
                        expected.Add("4" + text);
                    }
                }
                frames.Add(joined.ToArray());
            }

            var body = new byte[EngineIoPayloadWriter.Measure(frames.ToArray())];
            EngineIoPayloadWriter.Write(frames.ToArray(), body);
            Assert.Equal(string.Join('\x1e', expected), Encoding.UTF8.GetString(body));

            var reader = new EngineIoPayloadReader(body);
            foreach (var packet in expected)
            {
                Assert.True(reader.TryNext(out var text));
                Assert.Equal(packet, Encoding.UTF8.GetString(text.Span));
                Assert.True(EngineIoPacket.TryRead(text, out var read));
                Assert.Equal(packet[0], (char)read.Type);
            }
            Assert.False(reader.TryNext(out _));
        }
    }

    [Fact]
    public void Nothing_is_an_empty_payload()
    {
        Assert.Equal(0, EngineIoPayloadWriter.Measure([]));
        EngineIoPayloadWriter.Write([], []);
    }

    [Fact]
    public void A_frame_that_cannot_go_over_polling_is_a_fault_of_the_encoder()
    {
        Assert.Throws<InvalidOperationException>(() => EngineIoPayloadWriter.Measure([new byte[] { 0xC1, 1, (byte)'4' }]));
        Assert.Throws<InvalidOperationException>(() => EngineIoPayloadWriter.Measure([new byte[] { 0x01, 1, (byte)'4' }]));
    }
}
