using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Google.Protobuf;

namespace Arauto.Protocol.Tests.Codecs;

public sealed class ProtobufCodecTests(ITestOutputHelper output) : NativeCodecTests(ProtobufCodec.Instance, output)
{
    /// <summary>Bytes: the generated objects, the wrapper of the payload, and the texts of id, epoch and cursor. Measured: 408.</summary>
    private const double MessageBudget = 480;

    [Fact]
    public void Bytes_that_are_not_protocol_buffers_are_refused()
    {
        Assert.False(ProtobufCodec.Instance.TryDecodeCommand("{\"type\":\"ping\"}"u8, out _, out var error, out var id));
        Assert.Equal(ErrorCode.InvalidMessage, error.Code);
        Assert.Contains("ClientFrame", error.Message);
        Assert.Null(id);
    }

    [Fact]
    public void Frame_without_a_command_is_refused_with_its_id()
    {
        Assert.False(ProtobufCodec.Instance.TryDecodeCommand(new Wire.ClientFrame { Id = 3 }.ToByteArray(), out _, out var error, out var id));
        Assert.Contains("\"command\"", error.Message);
        Assert.Equal(3, id);
        Assert.False(ProtobufCodec.Instance.TryDecodeCommand(default, out _, out error, out id));
        Assert.Null(id);
    }

    [Fact]
    public void Missing_and_empty_fields_are_refused_by_name()
    {
        Refused(new Wire.ClientFrame { Subscribe = new Wire.Subscribe() }, "\"channel\" is missing");
        Refused(new Wire.ClientFrame { Publish = new Wire.Publish { Channel = "a" } }, "\"event\" is missing");
        Refused(new Wire.ClientFrame { Auth = new Wire.Auth() }, "\"token\" is missing");
        Refused(new Wire.ClientFrame { Id = 1, History = new Wire.History { Channel = "a", Before = new Wire.HistoryBound() } }, "\"before\"");
        Refused(new Wire.ClientFrame { Id = ulong.MaxValue, Ping = new Wire.Ping() }, "\"id\"");
    }

    [Fact]
    public void Id_zero_is_an_id_and_absence_is_none()
    {
        Assert.True(ProtobufCodec.Instance.TryDecodeCommand(new Wire.ClientFrame { Id = 0, Ping = new Wire.Ping() }.ToByteArray(), out _, out _, out var id));
        Assert.Equal(0, id);
        Assert.True(ProtobufCodec.Instance.TryDecodeCommand(new Wire.ClientFrame { Ping = new Wire.Ping() }.ToByteArray(), out _, out _, out id));
        Assert.Null(id);
    }

    [Fact]
    public void Emit_is_checked_like_its_json()
    {
        Refused(new Wire.ClientFrame { Emit = new Wire.Emit() }, "\"event\" is missing");
        Refused(new Wire.ClientFrame { Emit = new Wire.Emit { Event = "e", Gateway = "a" } }, "\"gateway\" must begin");
        Refused(new Wire.ClientFrame { Emit = new Wire.Emit { Event = "e", Gateway = "/\ufffd" } }, "\"gateway\"");
        Refused(new Wire.ClientFrame { Emit = new Wire.Emit { Event = "e", Data = ByteString.CopyFromUtf8("[1") } }, "data");
        Refused(new Wire.ClientFrame { Emit = new Wire.Emit { Event = "e", Data = ByteString.CopyFromUtf8("1") } }, "\"data\" must be an array");
        Assert.True(ProtobufCodec.Instance.TryDecodeCommand(new Wire.ClientFrame { Emit = new Wire.Emit { Event = "e" } }.ToByteArray(), out var command, out _, out _));
        var emit = Assert.IsType<EmitCommand>(command);
        Assert.Equal("/", emit.Gateway);
        Assert.True(emit.Data.Span.SequenceEqual("[]"u8));
    }

    [Fact]
    public void Acknowledgement_that_is_not_an_array_is_refused()
    {
        foreach (var data in new[] { "", "1", "[" })
        {
            var reply = new Wire.Reply { Id = 1, Acknowledgement = new Wire.Acknowledgement { Data = ByteString.CopyFromUtf8(data) } };
            Assert.False(ProtobufCodec.Instance.TryDecodeFrame(new Wire.ServerFrame { Reply = reply }.ToByteArray(), out _, out var error));
            Assert.Contains("data", error.Message);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// x\n1")]
    [InlineData(" ")]
    public void Payload_that_is_not_json_is_refused(string data) =>
        Refused(new Wire.ClientFrame { Id = 1, Publish = new Wire.Publish { Channel = "a", Event = "e", Data = ByteString.CopyFromUtf8(data) } }, "data");

    [Fact]
    public void Payload_that_is_not_utf8_is_refused() =>
        Refused(new Wire.ClientFrame { Id = 1, Publish = new Wire.Publish { Channel = "a", Event = "e", Data = ByteString.CopyFrom(0x22, 0xff, 0x22) } }, "UTF-8");

    [Fact]
    public void Payload_is_null_when_there_is_none()
    {
        var bytes = new Wire.ClientFrame { Publish = new Wire.Publish { Channel = "a", Event = "e" } }.ToByteArray();
        Assert.True(ProtobufCodec.Instance.TryDecodeCommand(bytes, out var command, out _, out _));
        Assert.True(Assert.IsType<PublishCommand>(command).Data.Span.SequenceEqual("null"u8));
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        // ClientFrame.typing (7) { channel (1): one byte FF }
        byte[] frame = [7 << 3 | 2, 3, 1 << 3 | 2, 1, 0xff];
        Assert.False(ProtobufCodec.Instance.TryDecodeCommand(frame, out _, out var error, out _));
        Assert.Contains("\"channel\"", error.Message);
    }

    [Theory]
    [InlineData("2AFFFFFFFF0708")]
    [InlineData("080112FFFFFFFF07090A07726F6F6D3A72C1")]
    [InlineData("080852FFFFFFFF077B10")]
    public void Length_near_2_to_the_31_is_refused(string frame)
    {
        Assert.False(ProtobufCodec.Instance.TryDecodeCommand(Convert.FromHexString(frame), out _, out var error, out _));
        Assert.Equal(ErrorCode.InvalidMessage, error.Code);
        Assert.Contains("past the end", error.Message);
    }

    [Fact]
    public void Time_outside_the_calendar_is_refused()
    {
        var message = new Wire.Message
        {
            Type = "chat",
            Channel = "a",
            Data = ByteString.CopyFromUtf8("1"),
            Timestamp = long.MaxValue,
            Id = Samples.MessageId.ToString(),
            Epoch = Samples.Place.Epoch.ToString(),
            Cursor = "c",
        };
        Assert.False(ProtobufCodec.Instance.TryDecodeFrame(new Wire.ServerFrame { Message = message }.ToByteArray(), out _, out var error));
        Assert.Contains("timestamp", error.Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void Seconds_that_are_no_time_are_refused(double after)
    {
        Assert.False(ProtobufCodec.Instance.TryDecodeFrame(new Wire.ServerFrame { Move = new Wire.Move { After = after, Reason = "draining" } }.ToByteArray(), out _, out var error));
        Assert.Contains("after", error.Message);
    }

    [Fact]
    public void Frame_of_a_newer_server_is_refused_without_harm()
    {
        // Field 99, which this version does not know.
        Assert.False(ProtobufCodec.Instance.TryDecodeFrame([0x9a, 0x06, 0x01, 0x00], out _, out var error));
        Assert.Contains("newer", error.Message);
    }

    [Fact]
    public void Encoding_a_message_keeps_its_allocation_budget() => Assert.InRange(AllocatedPerMessage(), 0, MessageBudget);

    private static void Refused(Wire.ClientFrame frame, string says)
    {
        Assert.False(ProtobufCodec.Instance.TryDecodeCommand(frame.ToByteArray(), out _, out var error, out _));
        Assert.Equal(ErrorCode.InvalidMessage, error.Code);
        Assert.Contains(says, error.Message);
    }
}
