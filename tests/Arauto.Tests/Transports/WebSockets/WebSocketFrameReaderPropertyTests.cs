using System.Text;
using static Arauto.Tests.Transports.WebSockets.ClientFrame;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketFrameReaderPropertyTests
{
    private const int Limit = 5000;

    [Fact]
    public void The_cut_of_the_stream_changes_nothing()
    {
        var random = TestSeed.Create();
        for (var round = 0; round < 300; round++)
        {
            var bytes = RandomStream(random);
            var deflate = random.Next(4) != 0;
            var whole = FrameFeeder.Feed(bytes, Limit, deflate);
            Assert.Equal(whole, FrameFeeder.Feed(bytes, Limit, deflate, step: 1));
            Assert.Equal(whole, FrameFeeder.Feed(bytes, Limit, deflate, () => random.Next(1, 2000)));
        }
    }

    [Fact]
    public void Random_bytes_end_in_a_violation_or_wait_for_more()
    {
        var random = TestSeed.Create();
        for (var round = 0; round < 3000; round++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            var whole = FrameFeeder.Feed(bytes, Limit, deflate: true);
            Assert.Equal(whole, FrameFeeder.Feed(bytes, Limit, deflate: true, step: 1));
        }
    }

    /// <summary>Mostly good frames; sometimes one byte is altered or a rule is broken.</summary>
    private static byte[] RandomStream(Random random)
    {
        var bytes = new List<byte>();
        for (var i = random.Next(1, 8); i > 0; i--)
            bytes.AddRange(RandomMessage(random));
        if (bytes.Count > 0 && random.Next(3) == 0) bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
        return [.. bytes];
    }

    private static byte[] RandomMessage(Random random)
    {
        var mask = (uint)random.NextInt64(uint.MaxValue);
        switch (random.Next(10))
        {
            case 0: return Create(Fin | 9, RandomBytes(random, 126), mask);
            case 1: return Create(Fin | 10, RandomBytes(random, 126), mask);
            case 2: return random.Next(5) == 0 ? Close(random.Next(900, 5100), "why") : [];
        }

        var isText = random.Next(2) == 0;
        var payload = isText ? Encoding.UTF8.GetBytes(RandomText(random)) : RandomBytes(random, random.Next(10) == 0 ? Limit + 100 : 700);
        var compressed = random.Next(3) == 0;
        if (compressed) payload = Deflate(payload);
        return Fragment(random, (compressed ? Rsv1 : 0) | (isText ? 1 : 2), payload, mask);
    }

    private static byte[] Fragment(Random random, int first, byte[] payload, uint mask)
    {
        var bytes = new List<byte>();
        var at = 0;
        while (random.Next(3) == 0)
        {
            var length = random.Next(0, payload.Length - at + 1);
            bytes.AddRange(Create(first, payload.AsSpan(at, length), mask));
            if (random.Next(3) == 0) bytes.AddRange(Create(Fin | 9, RandomBytes(random, 20), mask));
            at += length;
            first = 0;
        }

        bytes.AddRange(Create(Fin | first, payload.AsSpan(at), mask));
        return [.. bytes];
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(600); i > 0; i--)
            text.Append(random.Next(4) switch { 0 => "é", 1 => "€", 2 => "🎺", _ => "a" });
        return text.ToString();
    }

    private static byte[] RandomBytes(Random random, int below)
    {
        var bytes = new byte[random.Next(below)];
        random.NextBytes(bytes);
        return bytes;
    }
}
