using System.Text;
using Arauto.Gateways;
using Arauto.SocketIo.Cluster;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>MessagePack as JSON with attachments, and back.</summary>
public sealed class PeerTextTests
{
    [Theory]
    [InlineData("93c0c3c2", "[null,true,false]")]
    [InlineData("94cb3ff8000000000000cf00000100000000000ad0df", "[1.5,1099511627776,10,-33]")]
    [InlineData("91d7ff1d5353006553f100", """["2023-11-14T22:13:20.123Z"]""")]
    [InlineData("91d7ff000000006553f100", """["2023-11-14T22:13:20.000Z"]""")]
    [InlineData("92d40000cb7ff0000000000000", "[null,null]")]
    [InlineData("8201c0a16182a162a163a0c0", """{"1":null,"a":{"b":"c","":null}}""")]
    [InlineData("91cfffffffffffffffff", "[18446744073709551615]")]
    public void Every_kind_of_value_has_its_JSON(string hex, string json)
    {
        Assert.True(MessagePackText.TryRead(Convert.FromHexString(hex), out var text));
        Assert.Equal(json, Encoding.UTF8.GetString(text.Json.Span));
    }

    [Fact]
    public void Binary_becomes_attachments_in_the_order_of_the_text()
    {
        Assert.True(MessagePackText.TryRead(Convert.FromHexString("92c40101" + "81a161c4020203"), out var text));
        Assert.Equal("""[{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}]""", Encoding.UTF8.GetString(text.Json.Span));
        Assert.Equal(["01", "0203"], text.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)));
        Assert.Equal("92c4010181a161c4020203", Convert.ToHexStringLower(text.ToMessagePack().Span));
    }

    [Fact]
    public void Text_of_the_form_of_a_placeholder_is_data_alone_and_refused_beside_binary()
    {
        var data = new PeerText("""[{"_placeholder":true,"num":0}]"""u8.ToArray(), []).ToMessagePack().ToArray();
        Assert.True(MessagePackText.TryRead(data, out var text));
        Assert.Empty(text.Attachments);
        byte[] beside = [0x92, 0xc4, 1, 1, .. data[1..]];
        Assert.False(MessagePackText.TryRead(beside, out _));
    }

    [Theory]
    [InlineData("""["\u00e9\n\"\\\/\b\f\r\t\ud83d\ude00"]""", "é\n\"\\/\b\f\r\t😀")]
    [InlineData("""["\ud83d and more"]""", "\ufffd and more")]
    public void Escapes_become_text_and_half_of_a_pair_the_replacement_character(string json, string expected)
    {
        var packed = new PeerText(Encoding.UTF8.GetBytes(json), []).ToMessagePack();
        Assert.True(MessagePackText.TryRead(packed, out var text));
        using var document = text.Parse();
        Assert.Equal(expected, document.RootElement[0].GetString());
    }

    [Fact]
    public void Names_with_half_of_a_pair_are_written_beside_binary()
    {
        var arguments = EventArguments.Parse("""[{"\ud800aaaaaaaaaaaa":1},{"_placeholder":true,"num":0}]"""u8.ToArray(), [new byte[] { 9 }]);
        Assert.True(MessagePackText.TryRead(new PeerText(arguments.Json, arguments.Attachments).ToMessagePack(), out var text));
        Assert.Equal("""[{"�aaaaaaaaaaaa":1},{"_placeholder":true,"num":0}]""", Encoding.UTF8.GetString(text.Json.Span));
        Assert.Equal([9], text.Attachments.Single().ToArray());
    }

    [Fact]
    public void Nesting_is_bounded_in_both_forms()
    {
        var deep = Enumerable.Repeat((byte)0x91, 1000).Append((byte)0xc0).ToArray();
        Assert.False(PeerText.TryRead(deep, out _));
        Assert.False(PeerText.TryRead(Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', 1000)}{new string(']', 1000)}}}"), out _));
        var allowed = Enumerable.Repeat((byte)0x91, 60).Append((byte)0xc0).ToArray();
        Assert.True(PeerText.TryRead(allowed, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":\"\u0001\"}")]
    public void JSON_that_is_not_sound_is_refused(string text) => Assert.False(PeerText.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        Assert.False(PeerText.TryRead(new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, out _));
        Assert.False(PeerText.TryRead(new byte[] { 0x91, 0xa1, 0xff }, out _));
    }

    [Fact]
    public void Random_arguments_come_back_as_they_were()
    {
        var random = Seed.CreateRandom();
        for (var round = 0; round < 2000; round++)
        {
            var arguments = EventArguments.From([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, 0))]);
            var packed = new PeerText(arguments.Json, arguments.Attachments).ToMessagePack();
            Assert.True(MessagePackText.TryRead(packed, out var text));
            using var document = text.Parse();
            var back = text.ArgumentsOf(document.RootElement);
            Assert.True(System.Text.Json.JsonElement.DeepEquals(System.Text.Json.JsonElement.Parse(arguments.Json.Span), System.Text.Json.JsonElement.Parse(back.Json.Span)));
            Assert.Equal(arguments.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)), back.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)));
        }
    }

    private static object? Value(Random random, int depth) => random.Next(depth < 4 ? 9 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        3 => random.NextDouble() * Math.Pow(10, random.Next(-300, 300)),
        4 => string.Concat(Enumerable.Range(0, random.Next(300)).Select(_ => char.ConvertFromUtf32(random.Next(2) == 0 ? random.Next(32, 127) : random.Next(0x1f600, 0x1f640)))),
        5 => (ulong)random.NextInt64() + (ulong)random.NextInt64(),
        6 => Enumerable.Range(0, random.Next(300)).Select(i => (byte)i).ToArray(),
        7 => Enumerable.Range(0, random.Next(20)).Select(_ => Value(random, depth + 1)).ToArray(),
        _ => Enumerable.Range(0, random.Next(20)).ToDictionary(i => $"k{i}", _ => Value(random, depth + 1)),
    };
}
