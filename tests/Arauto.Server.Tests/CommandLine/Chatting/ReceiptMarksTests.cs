using Arauto.Protocol.Frames;
using Arauto.Server.CommandLine.Chatting;

namespace Arauto.Server.Tests.CommandLine.Chatting;

public sealed class ReceiptMarksTests
{
    private readonly ReceiptMarks _marks = new();

    [Fact]
    public void Delivered_and_read_are_announced_once_per_message()
    {
        _marks.Own(5);
        Assert.Equal("delivered to bob", _marks.Raise(new Receipt("bob", 5, 0)));
        Assert.Null(_marks.Raise(new Receipt("bob", 5, 0)));
        Assert.Equal("read by bob", _marks.Raise(new Receipt("bob", 5, 5)));
        Assert.Null(_marks.Raise(new Receipt("bob", 5, 5)));
        _marks.Own(6);
        Assert.Equal("read by bob", _marks.Raise(new Receipt("bob", 6, 6)));
        Assert.Null(_marks.Raise(new Receipt("bob", 6, 6)));
    }

    [Fact]
    public void Receipt_that_comes_before_the_message_is_shown_counts() =>
        Assert.Equal(["read by bob"], RaiseThenOwn());

    [Fact]
    public void Marks_before_the_own_message_say_nothing()
    {
        Assert.Null(_marks.Raise(new Receipt("bob", 3, 3)));
        Assert.Empty(_marks.Own(5));
        Assert.Null(_marks.Raise(new Receipt("bob", 4, 4)));
    }

    [Fact]
    public void Lower_marks_change_nothing()
    {
        _marks.Own(5);
        _marks.Raise(new Receipt("bob", 7, 7));
        Assert.Empty(_marks.Own(5));
        Assert.Null(_marks.Raise(new Receipt("bob", 5, 5)));
    }

    private IReadOnlyList<string> RaiseThenOwn()
    {
        _marks.Raise(new Receipt("bob", 5, 5));
        return _marks.Own(5);
    }
}
