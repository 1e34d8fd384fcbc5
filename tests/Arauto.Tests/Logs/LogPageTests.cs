using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Tests.Logs;

public sealed class LogPageTests
{
    private static readonly Epoch Now = new(0x300);
    private static readonly Epoch Before = new(0x200);
    private static readonly Epoch First = new(0x100);

    /// <summary>Offsets 1 to 20 in the first epoch, of which 12 survived; up to 15 in the second; up to 18 now; 1 to 4 are trimmed.</summary>
    private static LogPage Forked => new(Now, 5, 18, [])
    {
        Past = [new Position(Before, 15), new Position(First, 12)],
        Beginnings = new EpochRange(new Epoch(0x0f0), First),
    };

    [Theory]
    [InlineData(0x300, 18, 18, null)]
    [InlineData(0x300, 4, 4, null)]
    [InlineData(0x200, 15, 15, null)]
    [InlineData(0x200, 13, 13, null)]
    [InlineData(0x100, 12, 12, null)]
    [InlineData(0x100, 4, 4, null)]
    // Seen by somebody, and lost by the log.
    [InlineData(0x300, 19, 18, GapReason.EpochChanged)]
    [InlineData(0x200, 16, 15, GapReason.EpochChanged)]
    [InlineData(0x100, 13, 12, GapReason.EpochChanged)]
    // Older than what is kept.
    [InlineData(0x300, 3, 4, GapReason.Trimmed)]
    [InlineData(0x100, 0, 4, GapReason.Trimmed)]
    [InlineData(0x0f0, 0, 4, GapReason.Trimmed)]
    // Of another log.
    [InlineData(0x0f0, 1, 4, GapReason.EpochChanged)]
    [InlineData(0x0ef, 0, 4, GapReason.EpochChanged)]
    [InlineData(0x101, 0, 4, GapReason.EpochChanged)]
    [InlineData(0x400, 18, 4, GapReason.EpochChanged)]
    // An offset alone.
    [InlineData(0, 3, 4, GapReason.Trimmed)]
    [InlineData(0, 10, 10, null)]
    [InlineData(0, 40, 18, null)]
    public void A_position_goes_on_where_its_messages_end(ulong epoch, long offset, long expected, GapReason? gap) =>
        Assert.Equal(new Continuation(new Position(Now, expected), gap), Forked.Resolve(new Position(new Epoch(epoch), offset)));

    [Fact]
    public void Where_the_log_does_not_know_its_beginnings_an_empty_place_is_one_as_long_as_nothing_is_trimmed()
    {
        var empty = new Position(First, 0);
        Assert.Equal(new Continuation(new Position(Now, 0), null), new LogPage(Now, 1, 3, []).Resolve(empty));
        Assert.Equal(new Continuation(new Position(Now, 1), GapReason.EpochChanged), new LogPage(Now, 2, 3, []).Resolve(empty));
    }

    [Fact]
    public void Only_trimmed_messages_have_known_offsets()
    {
        var trimmed = new Continuation(new Position(Now, 4), GapReason.Trimmed).Announce("a", new Position(First, 1));
        Assert.Equal(("a", 2, 4, GapReason.Trimmed), (trimmed!.Channel, trimmed.From, trimmed.To, trimmed.Reason));
        var lost = new Continuation(new Position(Now, 4), GapReason.EpochChanged).Announce("a", new Position(First, 7));
        Assert.Equal((0, 0, GapReason.EpochChanged), (lost!.From, lost.To, lost.Reason));
        Assert.Null(new Continuation(new Position(Now, 4), null).Announce("a", new Position(First, 4)));
    }
}
