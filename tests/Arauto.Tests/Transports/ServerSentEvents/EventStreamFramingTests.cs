using System.Buffers;
using System.Text;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Transports.ServerSentEvents;

namespace Arauto.Tests.Transports.ServerSentEvents;

public sealed class EventStreamFramingTests
{
    private static readonly MessageFrame Message = MessageOf("{\"content\":\"olá\"}");

    private static readonly ServerFrame[] Events =
    [
        new PresenceFrame { Channel = "room:r1", Joined = true, User = "alice" },
        new TypingFrame { Channel = "room:r1", User = "alice" },
        new ReceiptFrame { Channel = "room:r1", Receipt = new Receipt("alice", 3, 2) },
    ];

    [Fact]
    public void A_message_of_a_stream_with_one_channel_carries_its_id()
    {
        Assert.Equal($"id: {Cursor.Encode("room:r1", Message.Position)}\ndata: {Json(Message)}\n\n", Write(Message, singleChannel: true));
        Assert.False(EventStreamFraming.Get(true, false).NeedsCursor(isMessage: true));
    }

    [Fact]
    public void A_message_of_a_stream_with_several_channels_leaves_the_id_to_the_connection()
    {
        Assert.Equal($"data: {Json(Message)}\n\n", Write(Message));
        Assert.True(EventStreamFraming.Get(false, false).NeedsCursor(isMessage: true));
    }

    [Theory]
    [InlineData("{\"a\":\n1}", "{\"a\": 1}")]
    [InlineData("{\r\n\"a\": 1\r}\n\n", "{  \"a\": 1 }  ")]
    [InlineData("\"\\n\\r\"", "\"\\n\\r\"")]
    [InlineData("\"\u2028\u0085\"", "\"\u2028\u0085\"")]
    public void Line_breaks_of_a_payload_are_spaces_and_nothing_else_is_touched(string data, string expected)
    {
        var text = Write(MessageOf(data));
        Assert.StartsWith("data: ", text);
        Assert.Equal(2, text.Count(c => c == '\n'));
        Assert.DoesNotContain('\r', text);
        Assert.Contains($"\"data\":{expected},\"timestamp\"", text);
    }

    [Fact]
    public void A_gap_comes_as_a_message_behind_the_cursor_of_the_connection()
    {
        var gap = new GapFrame { Channel = "room:r1", From = 3, To = 9, Reason = GapReason.Trimmed };
        foreach (var single in new[] { false, true })
        {
            Assert.Equal($"data: {Json(gap)}\n\n", Write(gap, single));
            Assert.True(EventStreamFraming.Get(single, false).NeedsCursor(isMessage: false));
        }
        var line = new ArrayBufferWriter<byte>();
        EventStreamFraming.Get(true, false).WriteCursor("abc"u8, line);
        Assert.Equal("id: abc\n", Encoding.UTF8.GetString(line.WrittenSpan));
    }

    [Fact]
    public void The_greeting_is_a_comment_with_a_random_time_to_come_back()
    {
        var connected = new ConnectedFrame { Connection = "c1", User = "alice", Node = "n", HeartbeatInterval = 30, HeartbeatTimeout = 90 };
        var times = new HashSet<int>();
        for (var i = 0; i < 50; i++)
        {
            var lines = Write(connected).Split('\n');
            Assert.Equal($": connected {Json(connected)}", lines[0]);
            Assert.StartsWith("retry: ", lines[1]);
            var retry = int.Parse(lines[1]["retry: ".Length..]);
            Assert.InRange(retry, 500, 3000);
            times.Add(retry);
            Assert.Equal(["", ""], lines[2..]);
        }
        Assert.True(times.Count > 10, "the time to come back is the same for all");
    }

    [Fact]
    public void A_heartbeat_is_a_comment() => Assert.Equal(": heartbeat\n\n", Write(new HeartbeatFrame()));

    [Fact]
    public void A_move_tells_an_event_source_when_to_come_back()
    {
        var move = new MoveFrame { After = 1.2341, Reason = "draining" };
        Assert.Equal($"retry: 1235\nevent: control\ndata: {Json(move)}\n\n", Write(move));
    }

    [Fact]
    public void Errors_are_control_events()
    {
        var error = new ErrorFrame { Code = "forbidden", Message = "No.", Channel = "room:r1" };
        Assert.Equal($"event: control\ndata: {Json(error)}\n\n", Write(error));
    }

    [Fact]
    public void Presence_typing_and_receipts_come_only_if_asked_for()
    {
        foreach (var frame in Events)
        {
            Assert.Equal("", Write(frame));
            Assert.Equal($"event: control\ndata: {Json(frame)}\n\n", Write(frame, withEvents: true));
        }
    }

    private static MessageFrame MessageOf(string data) => new()
    {
        Event = "chat",
        Channel = "room:r1",
        Data = Encoding.UTF8.GetBytes(data),
        Timestamp = DateTimeOffset.UnixEpoch,
        Id = Guid.Empty,
        Position = new Position(new Epoch(7), 3),
    };

    private static string Write(ServerFrame frame, bool singleChannel = false, bool withEvents = false)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamFraming.Get(singleChannel, withEvents).Write(frame, Encoding.UTF8.GetBytes(Json(frame)), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Json(ServerFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeFrame(frame, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
