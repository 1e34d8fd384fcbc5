using System.Buffers;
using System.Text;
using Arauto.Protocol.Frames;
using Arauto.Transports.LongPolling;

namespace Arauto.Tests.Transports.LongPolling;

public sealed class PollFramingTests
{
    [Fact]
    public void Each_frame_is_marked_with_its_list_and_what_only_ends_the_wait_has_no_payload()
    {
        var gap = new GapFrame { Channel = "room:r1", From = 1, To = 2, Reason = GapReason.Trimmed };
        Assert.Equal("g{}", Write(gap, withEvents: false));
        Assert.Equal("n", Write(new ErrorFrame { Code = "forbidden", Message = "No." }, withEvents: false));
        Assert.Equal("n", Write(new MoveFrame { After = 1, Reason = "draining" }, withEvents: false));
        Assert.Equal("", Write(new HeartbeatFrame(), withEvents: true));
        Assert.Equal("", Write(new ConnectedFrame { Connection = "c", User = "alice", Node = "n", HeartbeatInterval = 30, HeartbeatTimeout = 90 }, withEvents: true));
    }

    [Fact]
    public void Presence_typing_and_receipts_come_only_if_asked_for()
    {
        ServerFrame[] events =
        [
            new PresenceFrame { Channel = "room:r1", Joined = true, User = "alice" },
            new TypingFrame { Channel = "room:r1", User = "alice" },
            new ReceiptFrame { Channel = "room:r1", Receipt = new Receipt("alice", 3, 2) },
        ];
        foreach (var frame in events)
        {
            Assert.Equal("", Write(frame, withEvents: false));
            Assert.Equal("e{}", Write(frame, withEvents: true));
        }
    }

    private static string Write(ServerFrame frame, bool withEvents)
    {
        var output = new ArrayBufferWriter<byte>();
        PollFraming.Get(withEvents).Write(frame, "{}"u8, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
