using System.Buffers;
using System.Text;
using Arauto.Protocol;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketInflaterTests
{
    [Theory]
    [InlineData("F248CDC9C90700")] // RFC 7692 section 7.2.3.1: one block
    [InlineData("F348CDC9C9070000")] // section 7.2.3.4: the final bit is set
    [InlineData("000500FAFF48656C6C6F00")] // section 7.2.3.3: a stored block
    [InlineData("F248050000 00FFFFCAC9C90700")] // section 7.2.3.5: two blocks
    public void The_examples_of_the_RFC_say_Hello(string hex)
    {
        Assert.Null(Inflate(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), 5, out var text));
        Assert.Equal("Hello", text);
    }

    [Fact]
    public void An_empty_message_is_empty()
    {
        Assert.Null(Inflate([0x00], 10, out var text));
        Assert.Equal("", text);
        Assert.Null(Inflate([], 10, out text));
        Assert.Equal("", text);
    }

    [Fact]
    public void Nothing_is_kept_between_messages()
    {
        // The second message of RFC 7692 section 7.2.3.2 refers to the window of the first.
        Assert.Null(Inflate(Convert.FromHexString("F248CDC9C90700"), 10, out _));
        Assert.Equal(CloseCode.InvalidPayload, Inflate(Convert.FromHexString("F200110000"), 10, out _)?.Code);
    }

    [Fact]
    public void A_bomb_stops_at_the_limit()
    {
        const int Limit = 64 * 1024;
        var bomb = ClientFrame.Deflate(new byte[50_000_000]);
        Assert.InRange(bomb.Length, 0, 500_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(CloseCode.MessageTooBig, Inflate(bomb, Limit, out _)?.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal(CloseCode.MessageTooBig, Inflate(ClientFrame.Deflate(new byte[Limit + 1]), Limit, out _)?.Code);
        Assert.Null(Inflate(ClientFrame.Deflate(new byte[Limit]), Limit, out var text));
        Assert.Equal(Limit, text.Length);
    }

    [Fact]
    public void Garbage_is_refused() =>
        Assert.Equal(CloseCode.InvalidPayload, Inflate([0xFF, 0xFF, 0xFF, 0xFF], 1000, out _)?.Code);

    private static WebSocketViolation? Inflate(byte[] compressed, int limit, out string text)
    {
        var violation = WebSocketInflater.Inflate(compressed, limit, out var buffer, out var length);
        text = buffer is null ? "" : Encoding.UTF8.GetString(buffer, 0, length);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        return violation;
    }
}
