using System.Text;
using Arauto.Transports.WebSockets;
using static Arauto.Tests.Transports.WebSockets.ClientFrame;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketFrameReaderTests
{
    private const int Limit = 1000;
    private static readonly byte[] Hello = "Hello"u8.ToArray();

    public static TheoryData<string, string, byte[]> Violations => new()
    {
        { "1002", "not masked", [Fin | 1, 5, .. Hello] },
        { "1002", "RSV2", Create(Fin | 0x20 | 1, Hello) },
        { "1002", "RSV3", Create(Fin | 0x10 | 1, Hello) },
        { "1002", "RSV1 on a continuation", [.. Create(1, Hello), .. Create(Fin | Rsv1, Hello)] },
        { "1002", "RSV1 on a ping", Create(Fin | Rsv1 | 9, Hello) },
        { "1002", "opcode 3", Create(Fin | 3, Hello) },
        { "1002", "opcode 7", Create(Fin | 7, Hello) },
        { "1002", "opcode 11", Create(Fin | 11, Hello) },
        { "1002", "opcode 15", Create(Fin | 15, Hello) },
        { "1002", "fragmented ping", Create(9, Hello) },
        { "1002", "fragmented close", Create(8, []) },
        { "1002", "ping of 126 bytes", Create(Fin | 9, new byte[126]) },
        { "1002", "nothing to continue", Create(Fin | 0, Hello) },
        { "1002", "message inside a message", [.. Create(1, Hello), .. Create(Fin | 1, Hello)] },
        { "1002", "nothing to continue after a whole message", [.. Create(Fin | 1, Hello), .. Create(0, Hello)] },
        { "1002", "16-bit length below 126", Header(Fin | 2, 125, lengthBytes: 2) },
        { "1002", "64-bit length below 65536", Header(Fin | 2, 65535, lengthBytes: 8) },
        { "1002", "64-bit length with the top bit", Header(Fin | 2, long.MinValue, lengthBytes: 8) },
        { "1009", "announces 2^63-1 bytes", Header(Fin | 2, long.MaxValue, lengthBytes: 8) },
        { "1009", "announces one byte too many", Header(Fin | 2, Limit + 1) },
        { "1009", "fragments of one byte too many", [.. Create(2, new byte[Limit]), .. Header(Fin | 0, 1)] },
        { "1007", "lone surrogate", Create(Fin | 1, [0xED, 0xA0, 0x80]) },
        { "1007", "overlong", Create(Fin | 1, [0xC0, 0xAF]) },
        { "1007", "cut character", Create(Fin | 1, [(byte)'a', 0xE2, 0x82]) },
        { "1007", "garbage in a fragment", Create(1, [0xFF]) },
        { "1007", "cut character over fragments", [.. Create(1, [0xE2, 0x82]), .. Create(Fin | 0, [])] },
        { "1002", "close with one byte", Create(Fin | 8, [3]) },
        { "1002", "close 999", Close(999) },
        { "1002", "close 1004", Close(1004) },
        { "1002", "close 1005", Close(1005) },
        { "1002", "close 1006", Close(1006) },
        { "1002", "close 1015", Close(1015) },
        { "1002", "close 1016", Close(1016) },
        { "1002", "close 2999", Close(2999) },
        { "1002", "close 5000", Close(5000) },
        { "1007", "close with a bad reason", Create(Fin | 8, [0x03, 0xE8, 0xFF]) },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public void A_broken_rule_is_a_violation_with_its_code(string code, string what, byte[] bytes)
    {
        foreach (var step in new[] { bytes.Length, 1, 3 })
        {
            var results = FrameFeeder.Feed(bytes, Limit, deflate: false, step);
            Assert.True(results[^1].StartsWith("violation " + code, StringComparison.Ordinal), $"{what}: {results[^1]}");
        }
    }

    [Fact]
    public void RSV1_needs_the_extension() =>
        Assert.StartsWith("violation 1002", FrameFeeder.Feed(Create(Fin | Rsv1 | 1, Deflate(Hello)), Limit, deflate: false)[0]);

    [Theory]
    [InlineData(1000)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(4999)]
    public void A_close_frame_gives_its_code_and_reason(int code) =>
        Assert.Equal([$"close {code} au revoir ✓"], FrameFeeder.Feed(Close(code, "au revoir ✓"), Limit, deflate: false));

    [Fact]
    public void A_close_frame_may_be_empty() =>
        Assert.Equal(["close 1005 "], FrameFeeder.Feed(Create(Fin | 8, []), Limit, deflate: false));

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(100_000)]
    public void Every_form_of_length_is_read(int length) =>
        Assert.Equal(["binary " + new string('0', 2 * length)], FrameFeeder.Feed(Create(Fin | 2, new byte[length]), 100_000, deflate: false));

    [Fact]
    public void Fragments_become_one_message_with_control_frames_in_between() =>
        Assert.Equal(
            ["fragment", "ping 48656C6C6F", "fragment", "pong ", "text Hel✓lo", "text next"],
            FrameFeeder.Feed(
                [.. Create(1, "Hel"u8), .. Create(Fin | 9, Hello), .. Create(0, [0xE2, 0x9C]), .. Create(Fin | 10, []), .. Create(Fin | 0, [0x93, .. "lo"u8]), .. Text("next")],
                Limit, deflate: false));

    [Fact]
    public void A_message_at_the_limit_passes_in_one_frame_and_in_fragments()
    {
        var expected = "binary " + new string('0', 2 * Limit);
        Assert.Equal([expected], FrameFeeder.Feed(Create(Fin | 2, new byte[Limit]), Limit, deflate: false));
        Assert.Equal(["fragment", expected], FrameFeeder.Feed([.. Create(2, new byte[Limit - 1]), .. Create(Fin | 0, [0])], Limit, deflate: false));
    }

    [Fact]
    public void Empty_fragments_cannot_go_on_for_ever()
    {
        var empty = Create(0, []);
        var bytes = Create(1, []).Concat(Enumerable.Repeat(empty, WebSocketFrameReader.MaxFragments).SelectMany(frame => frame)).ToArray();
        var results = FrameFeeder.Feed(bytes, Limit, deflate: false);
        Assert.Equal(WebSocketFrameReader.MaxFragments, results.Count(result => result == "fragment"));
        Assert.StartsWith("violation 1009", results[^1]);
    }

    [Fact]
    public void Nothing_is_read_after_a_violation() =>
        Assert.Single(FrameFeeder.Feed([.. Create(Fin | 3, Hello), .. Text("late")], Limit, deflate: false));

    [Fact]
    public void A_whole_frame_is_handed_out_from_the_input_without_a_copy()
    {
        using var reader = new WebSocketFrameReader(Limit, deflate: false);
        var input = Text("Hello");
        var read = reader.Read(input, out _);
        Assert.True(read.Payload.Overlaps(input, out var offset));
        Assert.Equal(-6, offset);
    }

    [Fact]
    public void An_announced_length_takes_no_memory()
    {
        const int Large = 16 * 1024 * 1024;
        using var warm = new WebSocketFrameReader(Large, deflate: false);
        warm.Read(Header(Fin | 2, Large), out _);
        var readers = new List<WebSocketFrameReader>(100);
        byte[] input = [.. Header(Fin | 2, Large), 1, 2, 3];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            var reader = new WebSocketFrameReader(Large, deflate: false);
            reader.Read(input, out _);
            readers.Add(reader);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 512);
        readers.ForEach(reader => reader.Dispose());
    }

    [Fact]
    public void A_compressed_message_is_decompressed_whole_and_in_fragments()
    {
        var text = string.Concat(Enumerable.Repeat("Olá mundo! ", 50));
        var compressed = Deflate(Encoding.UTF8.GetBytes(text));
        Assert.Equal(["text " + text], FrameFeeder.Feed(Create(Fin | Rsv1 | 1, compressed), Limit, deflate: true));
        Assert.Equal(
            ["fragment", "ping ", "text " + text],
            FrameFeeder.Feed([.. Create(Rsv1 | 1, compressed.AsSpan(0, 10)), .. Create(Fin | 9, []), .. Create(Fin | 0, compressed.AsSpan(10))], Limit, deflate: true));
    }

    [Fact]
    public void A_compressed_message_must_be_text_if_it_says_so() =>
        Assert.StartsWith("violation 1007", FrameFeeder.Feed(Create(Fin | Rsv1 | 1, Deflate([0xFF, 0xFE])), Limit, deflate: true)[0]);

    [Fact]
    public void Plain_messages_pass_on_a_compressed_connection() =>
        Assert.Equal(["text Hello"], FrameFeeder.Feed(Text("Hello"), Limit, deflate: true));
}
