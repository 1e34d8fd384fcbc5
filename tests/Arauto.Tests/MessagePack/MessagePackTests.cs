using System.Buffers;
using Arauto.MessagePack;
using Arauto.Tests.Support;

namespace Arauto.Tests.MessagePack;

/// <summary>The subset of MessagePack, against the specification's forms.</summary>
public sealed class MessagePackTests
{
    private static readonly long[] Edges = [0, 1, 127, 128, 255, 256, 65535, 65536, uint.MaxValue, uint.MaxValue + 1L, long.MaxValue, -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, int.MinValue - 1L, long.MinValue];

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(300, "cd012c")]
    [InlineData(65536, "ce00010000")]
    [InlineData(4294967296, "cf0000000100000000")]
    [InlineData(-1, "ff")]
    [InlineData(-33, "d0df")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32769, "d2ffff7fff")]
    [InlineData(-2147483649, "d3ffffffff7fffffff")]
    public void Integers_have_their_smallest_form(long value, string expected) => Assert.Equal(expected, Hex(writer => writer.WriteInteger(value)));

    [Fact]
    public void What_is_written_is_read()
    {
        foreach (var edge in Edges) Assert.Equal((MessagePackKind.Integer, edge), ReadOne(Written(writer => writer.WriteInteger(edge))) is var read ? (read.Kind, read.Integer) : default);
        var large = ReadOne(Written(writer => writer.WriteInteger(ulong.MaxValue)));
        Assert.Equal((MessagePackKind.Unsigned, ulong.MaxValue), (large.Kind, (ulong)large.Integer));
        Assert.Equal(MessagePackKind.Nil, ReadOne(Written(writer => writer.WriteNil())).Kind);
        Assert.Equal(1, ReadOne(Written(writer => writer.WriteBoolean(true))).Integer);
        Assert.Equal(0, ReadOne(Written(writer => writer.WriteBoolean(false))).Integer);
        foreach (var number in new[] { 0.5, -1e300, double.Epsilon, double.PositiveInfinity }) Assert.Equal(number, ReadOne(Written(writer => writer.WriteFloat(number))).Float);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Text_and_bytes_of_any_length_are_read_as_written(int length)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26))).ToArray();
        var text = ReadOne(Written(writer => writer.WriteText(bytes)));
        Assert.Equal(MessagePackKind.Text, text.Kind);
        Assert.Equal(bytes, text.Bytes.ToArray());
        var binary = ReadOne(Written(writer => writer.WriteBinary(bytes)));
        Assert.Equal(MessagePackKind.Binary, binary.Kind);
        Assert.Equal(bytes, binary.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(65536)]
    public void Arrays_and_maps_say_their_counts(int count)
    {
        var array = Written(writer =>
        {
            writer.WriteArray(count);
            for (var i = 0; i < count; i++) writer.WriteNil();
        });
        Assert.Equal((MessagePackKind.Array, count), First(array) is var head ? (head.Kind, (int)head.Integer) : default);
        var map = Written(writer =>
        {
            writer.WriteMap(count);
            for (var i = 0; i < 2 * count; i++) writer.WriteNil();
        });
        Assert.Equal((MessagePackKind.Map, count), First(map) is var first ? (first.Kind, (int)first.Integer) : default);
    }

    [Theory]
    [InlineData("d7ff1d5353006553f100", 1700000000123)]
    [InlineData("d6ff6553f100", 1700000000000)]
    [InlineData("c70cff0754d4c0ffffffffffffffff", -877)]
    [InlineData("d7000000018bcfe56880", 1700000000128)]
    public void Timestamps_are_read_in_every_form(string hex, long milliseconds)
    {
        var value = ReadOne(Convert.FromHexString(hex));
        Assert.Equal((MessagePackKind.Timestamp, milliseconds), (value.Kind, value.Integer));
    }

    [Fact]
    public void Undefined_of_older_notepack_is_nothing() => Assert.Equal(MessagePackKind.Nil, ReadOne([0xd4, 0x00, 0x00]).Kind);

    [Theory]
    [InlineData("c70100ff", "FF")]
    [InlineData("c70300010203", "010203")]
    [InlineData("c708000102030405060708", "0102030405060708")]
    public void Buffers_of_older_notepack_are_read_whatever_their_length(string hex, string bytes)
    {
        var buffer = ReadOne(Convert.FromHexString(hex));
        Assert.Equal((MessagePackKind.Binary, bytes), (buffer.Kind, Convert.ToHexString(buffer.Bytes.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("a3616")]
    [InlineData("a1ff")]
    [InlineData("cd01")]
    [InlineData("dbffffffff61")]
    [InlineData("c6ffffffff")]
    [InlineData("ddffffffff00")]
    [InlineData("dfffffffff0000")]
    [InlineData("9200")]
    [InlineData("810000", true)]
    [InlineData("8100")]
    [InlineData("d40500")]
    [InlineData("c705ff0000000000")]
    [InlineData("c70cffffffffff0000000000000000")]
    [InlineData("c70cff000000007fffffffffffffff")]
    public void What_is_cut_false_or_announces_too_much_is_not_read(string hex, bool isSound = false)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1]));
        Assert.Equal(isSound, reader.TryRead(out _));
    }

    [Fact]
    public void Random_bytes_end_the_reading_and_hurt_nothing()
    {
        var random = Seed.CreateRandom();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            var reader = new MessagePackReader(bytes);
            var values = 0;
            while (reader.TryRead(out var value))
            {
                Assert.True(value.Bytes.Length <= bytes.Length && value.Kind is not (MessagePackKind.Array or MessagePackKind.Map) || value.Integer <= bytes.Length);
                Assert.True(++values <= bytes.Length);
            }
        }
    }

    private static MessagePackValue First(byte[] bytes) => new MessagePackReader(bytes).TryRead(out var value) ? value : throw new InvalidOperationException("Nothing was read.");

    private static MessagePackValue ReadOne(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryRead(out var value));
        Assert.True(reader.IsAtEnd);
        return value;
    }

    private static string Hex(Action<MessagePackWriter> write) => Convert.ToHexStringLower(Written(write));

    private static byte[] Written(Action<MessagePackWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MessagePackWriter(output));
        return output.WrittenSpan.ToArray();
    }
}
