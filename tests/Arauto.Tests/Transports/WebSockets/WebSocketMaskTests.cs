using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketMaskTests
{
    [Fact]
    public void Every_length_and_cut_gives_what_the_definition_says()
    {
        byte[] key = [0x11, 0x22, 0x33, 0x44];
        for (var length = 0; length <= 150; length++)
        {
            var data = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var expected = data.Select((b, i) => (byte)(b ^ key[i % 4])).ToArray();
            for (var cut = 0; cut <= length; cut += 1 + length / 9)
            {
                var masked = data.ToArray();
                var next = WebSocketMask.Apply(masked.AsSpan(0, cut), BitConverter.ToUInt32(key));
                WebSocketMask.Apply(masked.AsSpan(cut), next);
                Assert.Equal(expected, masked);
            }
        }
    }
}
