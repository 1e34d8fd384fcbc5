using System.Text;

namespace Arauto.Protocol.Tests;

public sealed class CursorBuilderTests(ITestOutputHelper output)
{
    private static readonly string[] Channels = ["room:r1", "canal:olá-世界", "broadcast"];

    [Fact]
    public void Text_equals_that_of_a_cursor_of_the_same_places()
    {
        var random = Seed.Start(output);
        var builder = new CursorBuilder(Channels);
        var places = Channels.ToDictionary(channel => channel, _ => default(Position));
        for (var round = 0; round < 200; round++)
        {
            var index = random.Next(Channels.Length);
            var position = new Position(new Epoch((ulong)random.NextInt64()), random.NextInt64());
            builder.Set(index, position);
            places[Channels[index]] = position;

            var expected = Cursor.Encode([.. Channels.Select(channel => KeyValuePair.Create(channel, places[channel]))]);
            Assert.Equal(expected, builder.ToString());
            var utf8 = new byte[builder.MaxLength];
            Assert.Equal(expected, Encoding.ASCII.GetString(utf8.AsSpan(0, builder.Write(utf8))));
        }
    }

    [Fact]
    public void A_new_one_has_every_channel_at_the_beginning_of_no_log()
    {
        Assert.True(Cursor.TryDecode(new CursorBuilder(Channels).ToString(), out var cursor));
        Assert.Equal(Channels.Length, cursor.Count);
        Assert.All(Channels, channel => Assert.True(cursor.TryGet(channel, out var position) && position == default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Cursor.MaxChannels)]
    public void As_many_channels_fit_as_a_cursor_holds(int count)
    {
        var builder = new CursorBuilder([.. Enumerable.Range(0, count).Select(i => $"room:{i}")]);
        for (var i = 0; i < count; i++) builder.Set(i, new Position(new Epoch(ulong.MaxValue), (1L << 49) - 1));
        Assert.Equal(count, builder.Count);
        Assert.InRange(builder.ToString().Length, 1, Math.Min(builder.MaxLength, Cursor.MaxTextLength));
        Assert.True(Cursor.TryDecode(builder.ToString(), out var cursor));
        Assert.Equal(count, cursor.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Cursor.MaxChannels + 1)]
    public void None_or_too_many_channels_are_refused(int count) =>
        Assert.Throws<ArgumentException>(() => new CursorBuilder([.. Enumerable.Range(0, count).Select(i => $"room:{i}")]));

    [Fact]
    public void A_negative_offset_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CursorBuilder(Channels).Set(0, new Position(new Epoch(1), -1)));

    [Fact]
    public void Same_are_those_that_are_written_the_same_and_a_copy_does_not_follow()
    {
        var builder = new CursorBuilder(Channels);
        builder.Set(1, new Position(new Epoch(7), 3));
        var copy = builder.Copy();
        Assert.True(builder.IsSame(copy));
        Assert.False(builder.IsSame(new CursorBuilder([.. Channels.Reverse()])));
        Assert.False(builder.IsSame(new CursorBuilder([Channels[0]])));

        builder.Set(1, new Position(new Epoch(7), 4));

        Assert.False(builder.IsSame(copy));
        Assert.NotEqual(builder.ToString(), copy.ToString());
    }
}
