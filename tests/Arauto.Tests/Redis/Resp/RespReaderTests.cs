using System.Text;
using Arauto.Redis.Resp;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis.Resp;

public sealed class RespReaderTests
{
    private const int Bound = 1024 * 1024;

    [Theory]
    [InlineData("+OK\r\n", "'OK'")]
    [InlineData("-ERR no\r\n", "!'ERR no'")]
    [InlineData(":-12\r\n", "-12")]
    [InlineData("$5\r\na\r\nb\0\r\n", "'a\r\nb\0'")]
    [InlineData("$0\r\n\r\n", "''")]
    [InlineData("$-1\r\n", "null")]
    [InlineData("*-1\r\n", "null")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*2\r\n*1\r\n:1\r\n*0\r\n", "[[1] []]")]
    [InlineData("%1\r\n+a\r\n:1\r\n", "['a' 1]")]
    [InlineData("~2\r\n:1\r\n:2\r\n", "[1 2]")]
    [InlineData("_\r\n", "null")]
    [InlineData("#t\r\n", "1")]
    [InlineData("#f\r\n", "0")]
    [InlineData(",3.14\r\n", "'3.14'")]
    [InlineData("(12345678901234567890\r\n", "'12345678901234567890'")]
    [InlineData("!5\r\nERR a\r\n", "!'ERR a'")]
    [InlineData("=7\r\ntxt:abc\r\n", "'abc'")]
    [InlineData("|1\r\n+ttl\r\n:5\r\n+OK\r\n", "'OK'")]
    [InlineData("|0\r\n*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:2\r\n:3\r\n", "[2 3]")]
    [InlineData(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n", ">['message' 'c' 'hi']")]
    [InlineData(">2\r\n+x\r\n*1\r\n$1\r\ny\r\n", ">['x' ['y']]")]
    [InlineData("+1\r\n>1\r\n+p\r\n:2\r\n", "'1' >['p'] 2")]
    public void Each_type_is_read_whatever_the_cut(string text, string expected)
    {
        var wire = Encoding.Latin1.GetBytes(text);
        for (var cut = 0; cut <= wire.Length; cut++) Assert.Equal(expected, string.Join(' ', Shown.Read(new RespReader(Bound), wire, cut)));
        Assert.Equal(expected, string.Join(' ', Shown.Read(new RespReader(Bound), wire, Enumerable.Range(1, wire.Length - 1))));
    }

    [Fact]
    public void Random_replies_are_read_whatever_the_cuts()
    {
        var random = Seed.CreateRandom();
        var replies = new RandomReplies(random);
        for (var round = 0; round < 300; round++)
        {
            var all = Enumerable.Range(0, random.Next(1, 20)).Select(_ => replies.Next()).ToArray();
            var wire = Encoding.Latin1.GetBytes(string.Concat(all.Select(one => one.Wire)));
            var cuts = Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(wire.Length + 1)).Order().ToArray();
            Assert.Equal(all.Select(one => one.Shown), Shown.Read(new RespReader(Bound), wire, cuts));
        }
    }

    [Fact]
    public void Damaged_bytes_are_read_or_refused_and_nothing_else()
    {
        var random = Seed.CreateRandom();
        var replies = new RandomReplies(random);
        for (var round = 0; round < 5000; round++)
        {
            var wire = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, 5).Select(_ => replies.Next().Wire)));
            for (var change = random.Next(1, 4); change > 0; change--) wire[random.Next(wire.Length)] = (byte)random.Next(256);
            if (Record.Exception(() => Shown.Read(new RespReader(Bound), wire)) is { } e) Assert.IsType<RespException>(e);
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("OK\r\n")]
    [InlineData("+OK\n")]
    [InlineData(":\r\n")]
    [InlineData(":1.5\r\n")]
    [InlineData(":99999999999999999999\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("$3\r\nabc\rx")]
    [InlineData("$?\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("=3\r\nabc\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("_x\r\n")]
    [InlineData(">0\r\n")]
    [InlineData("*1\r\n>1\r\n+a\r\n")]
    public void What_is_not_RESP_is_refused(string text) =>
        Assert.Throws<RespException>(() => Shown.Read(new RespReader(Bound), Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("$1048577\r\n")]
    [InlineData("$9223372036854775807\r\n")]
    [InlineData("*2000000000\r\n")]
    [InlineData("*9223372036854775807\r\n")]
    [InlineData("%1000000000\r\n")]
    [InlineData("*2\r\n+a\r\n$9223372036854775807\r\n")]
    [InlineData("*-9223372036854775808\r\n")]
    [InlineData("*2\r\n$600000\r\n@$600000\r\n")]
    public void What_is_announced_too_large_is_refused_before_memory_is_taken(string text)
    {
        var wire = Encoding.Latin1.GetBytes(text.Replace("@", new string('x', 600_000) + "\r\n", StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<RespException>(() => Read(new RespReader(Bound), wire));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 700_000);
    }

    [Fact]
    public void Depth_and_lines_have_bounds()
    {
        Assert.Throws<RespException>(() => Shown.Read(new RespReader(Bound), Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 65)))));
        Assert.Throws<RespException>(() => Shown.Read(new RespReader(Bound), Encoding.Latin1.GetBytes("+" + new string('x', 65_536)), 1000));
    }

    [Fact]
    public void A_push_allocates_the_message_only()
    {
        var wire = Encoding.Latin1.GetBytes(">3\r\n$7\r\nmessage\r\n$9\r\nroom:1234\r\n$128\r\n" + new string('x', 128) + "\r\n");
        var reader = new RespReader(Bound);
        Read(reader, wire);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) Read(reader, wire);
        // An array has a head of 24 bytes; less than one more per message is what the runtime itself takes now and then.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, (128 + 24) * 10_000, (128 + 24 + 1) * 10_000);
    }

    private static void Read(RespReader reader, ReadOnlySpan<byte> wire)
    {
        while (reader.TryRead(ref wire, out _))
        {
        }
    }
}
