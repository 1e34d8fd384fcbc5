using Arauto.Client.Subscriptions;
using Arauto.Protocol;

namespace Arauto.Client.Tests.Subscriptions;

public sealed class SubscriptionCursorTests
{
    private static readonly Epoch A = new(0xa1);
    private static readonly Epoch B = new(0xb2);

    [Fact]
    public void Repeated_and_older_messages_are_not_new()
    {
        var cursor = new SubscriptionCursor("a", null);
        cursor.Advance(new Position(A, 5), "five");
        Assert.False(cursor.IsNew(new Position(A, 5)));
        Assert.False(cursor.IsNew(new Position(A, 1)));
        Assert.True(cursor.IsNew(new Position(A, 6)));
    }

    [Fact]
    public void Another_epoch_starts_anew()
    {
        var cursor = new SubscriptionCursor("a", null);
        cursor.Advance(new Position(A, 500), "a");
        Assert.True(cursor.IsNew(new Position(B, 1)));
        cursor.Advance(new Position(B, 1), "b");
        Assert.Equal("b", cursor.Value);
        Assert.False(cursor.IsNew(new Position(B, 1)));
    }

    [Fact]
    public void Cursor_never_goes_back()
    {
        var cursor = new SubscriptionCursor("a", "since");
        Assert.Equal("since", cursor.Value);
        cursor.Advance(new Position(A, 9), "nine");
        cursor.Advance(new Position(A, 3), "three");
        Assert.Equal("nine", cursor.Value);
    }

    [Fact]
    public void Of_a_cursor_of_several_channels_only_the_own_place_is_kept()
    {
        var several = Cursor.Encode(new Dictionary<string, Position> { ["a"] = new(A, 5), ["b"] = new(B, 7) });
        var own = Cursor.Encode("a", new Position(A, 5));
        var cursor = new SubscriptionCursor("a", several);
        Assert.Equal(own, cursor.Value);
        cursor.MoveTo(several);
        Assert.Equal(own, cursor.Value);
        cursor.MoveTo("of a newer server");
        Assert.Equal("of a newer server", cursor.Value);
    }
}
