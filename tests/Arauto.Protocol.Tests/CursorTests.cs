using System.Buffers.Text;
using System.Text;

namespace Arauto.Protocol.Tests;

public sealed class CursorTests(ITestOutputHelper output)
{
    private static readonly Position Place = new(new Epoch(0x0123456789abcdef), 7);

    [Theory]
    [InlineData("room:r1", 0)]
    [InlineData("room:r1", 127)]
    [InlineData("room:r1", 128)]
    [InlineData("broadcast", 9007199254740991)]
    [InlineData("canal:olá-世界", long.MaxValue)]
    public void Position_of_one_channel_survives_in_at_most_40_characters(string channel, long offset)
    {
        var position = Place with { Offset = offset };
        var text = Cursor.Encode(channel, position);
        Assert.InRange(text.Length, 1, Cursor.MaxSingleLength);
        Assert.Equal(40, Cursor.MaxSingleLength);
        Assert.True(Cursor.TryDecode(text, out var cursor));
        Assert.Equal(1, cursor.Count);
        Assert.True(cursor.TryGet(channel, out var decoded));
        Assert.Equal(position, decoded);
    }

    [Fact]
    public void Text_stays_the_same_from_version_to_version()
    {
        // Clients keep cursors over an upgrade of the server. The text was worked out by another program from the format's description.
        Assert.Equal("AYUqvkXREpHv782riWdFIwEHKRuPaA", Cursor.Encode("room:r1", Place));
    }

    [Fact]
    public void Utf8_form_equals_the_text()
    {
        Span<byte> utf8 = stackalloc byte[Cursor.MaxSingleLength];
        var length = Cursor.Encode("room:r1", Place, utf8);
        Assert.Equal(Cursor.Encode("room:r1", Place), Encoding.ASCII.GetString(utf8[..length]));
    }

    [Fact]
    public void Cursor_of_another_channel_has_no_place_here()
    {
        Assert.True(Cursor.TryDecode(Cursor.Encode("room:r1", Place), out var cursor));
        Assert.False(cursor.TryGet("room:r2", out var position));
        Assert.Equal(default, position);
    }

    [Fact]
    public void Up_to_128_channels_fit()
    {
        var positions = Positions(Cursor.MaxChannels, (1L << 49) - 1);
        var text = Cursor.Encode(positions);
        Assert.InRange(text.Length, 1, Cursor.MaxTextLength);
        Assert.True(Cursor.TryDecode(text, out var cursor));
        Assert.Equal(Cursor.MaxChannels, cursor.Count);
        foreach (var (channel, position) in positions)
        {
            Assert.True(cursor.TryGet(channel, out var decoded));
            Assert.Equal(position, decoded);
        }
    }

    [Fact]
    public void No_channels_are_a_cursor_too()
    {
        Assert.True(Cursor.TryDecode(Cursor.Encode([]), out var cursor));
        Assert.Equal(0, cursor.Count);
    }

    [Fact]
    public void More_channels_or_characters_than_allowed_are_not_written()
    {
        Assert.Throws<ArgumentException>(() => Cursor.Encode(Positions(Cursor.MaxChannels + 1, 1)));
        Assert.Throws<ArgumentException>(() => Cursor.Encode(Positions(Cursor.MaxChannels, long.MaxValue)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.Encode("a", Place with { Offset = -1 }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a cursor")]
    [InlineData("====")]
    [InlineData("AAAA\u0142AAA")]
    public void Other_text_is_refused(string? text) => Assert.False(Cursor.TryDecode(text, out _));

    [Fact]
    public void Text_longer_than_the_bound_is_refused()
    {
        Assert.False(Cursor.TryDecode(new string('A', Cursor.MaxTextLength), out _));
        Assert.False(Cursor.TryDecode(new string('A', Cursor.MaxTextLength + 4), out _));
        Assert.False(Cursor.TryDecode(new string('A', 10_000_000), out _));
    }

    [Fact]
    public void More_than_128_channels_are_refused_even_when_they_are_sealed()
    {
        // Two texts cannot be joined, so the bytes are built by hand: 129 entries of 17 bytes, 2198 bytes, within the text's bound.
        var entries = new byte[(Cursor.MaxChannels + 1) * 17];
        Assert.False(Cursor.TryDecode(Seal([1, .. entries]), out _));
        Assert.True(Cursor.TryDecode(Seal([1, .. entries[17..]]), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public void Other_version_is_refused(byte version) => Assert.False(Cursor.TryDecode(Seal([version]), out _));

    [Fact]
    public void Entries_that_are_cut_or_have_no_end_are_refused_even_when_they_are_sealed()
    {
        var entry = new byte[17];
        for (var length = 1; length < entry.Length; length++) Assert.False(Cursor.TryDecode(Seal([1, .. entry[..length]]), out _));
        Assert.False(Cursor.TryDecode(Seal([1, .. new byte[16], .. Enumerable.Repeat((byte)0xff, 9)]), out _));
        Assert.False(Cursor.TryDecode(Seal([1, .. new byte[16], .. Enumerable.Repeat((byte)0xff, 10), 1]), out _));
    }

    [Fact]
    public void Truncation_is_found_at_every_length()
    {
        foreach (var text in new[] { Cursor.Encode("room:r1", Place), Cursor.Encode(Positions(5, 1000)) })
            for (var length = 0; length < text.Length; length++)
                Assert.False(Cursor.TryDecode(text[..length], out _), $"{length} characters were taken");
    }

    [Fact]
    public void Change_of_any_character_is_found()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_= \n+/";
        var text = Cursor.Encode("room:r1", Place);
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var c in Alphabet)
            {
                if (c != text[i]) Assert.False(Cursor.TryDecode($"{text[..i]}{c}{text[(i + 1)..]}", out _), $"{c} at {i} was taken");
                Assert.False(Cursor.TryDecode($"{text[..i]}{c}{text[i..]}", out _), $"{c} before {i} was taken");
            }
        }
        Assert.False(Cursor.TryDecode(text + " ", out _));
        Assert.False(Cursor.TryDecode(text + "=", out _));
    }

    [Fact]
    public void Random_text_never_throws()
    {
        var random = Seed.Start(output);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && random.Next(2) == 0) bytes[0] = 1;
            // Half of them carry a right checksum, to get at the entries.
            var text = random.Next(2) == 0 ? Seal(bytes) : Encoding.Latin1.GetString(bytes);
            if (Cursor.TryDecode(text, out var cursor)) cursor.TryGet("room:r1", out _);
        }
    }

    [Fact]
    public void Encoding_allocates_only_the_text()
    {
        // The least of several rounds: in one of them the compiler may replace the code.
        var least = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) Cursor.Encode("room:r1", Place);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.InRange(least / 100, 1, 22 + 2 * Cursor.MaxSingleLength + 8);
    }

    private static KeyValuePair<string, Position>[] Positions(int count, long offset) =>
        [.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"room:{i}", new Position(new Epoch((ulong)i + 1), offset - i % 2)))];

    // The format again, written a second time on purpose: bit by bit instead of with the processor's instruction.
    private static string Seal(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return Base64Url.EncodeToString([.. bytes, .. BitConverter.GetBytes(~crc)]);
    }
}
