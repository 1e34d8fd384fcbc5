using System.Buffers;
using System.Text;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Tests.Codecs;

/// <summary>What every encoding of the native protocol must do.</summary>
public abstract class NativeCodecTests(INativeCodec codec, ITestOutputHelper output)
{
    private const int FuzzCases = 50_000;

    public static TheoryData<string> CommandNames => [.. Samples.Commands.Keys];

    public static TheoryData<string> FrameNames => [.. Samples.Frames.Keys];

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void Command_survives_the_round_trip(string name)
    {
        var command = Samples.Commands[name];
        Assert.True(codec.TryDecodeCommand(Encode(command), out var decoded, out var error, out var id), error?.Message);
        Assert.IsType(command.GetType(), decoded);
        Assert.Equal(command.Id, id);
        Assert.Equal(ToJson(command), ToJson(decoded));
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void Frame_survives_the_round_trip(string name)
    {
        var frame = Samples.Frames[name];
        Assert.True(codec.TryDecodeFrame(Encode(frame), out var decoded, out var error), error?.Message);
        Assert.IsType(frame.GetType(), decoded);
        Assert.Equal(ToJson(frame), ToJson(decoded));
    }

    [Fact]
    public void Decoded_frames_carry_the_cursor_that_was_sent()
    {
        Assert.True(codec.TryDecodeFrame(Encode(Samples.Frames["message"]), out var frame, out _));
        Assert.Equal(Cursor.Encode("room:r1", Samples.Place), Assert.IsType<MessageFrame>(frame).Cursor);
    }

    [Fact]
    public void Cursor_of_a_frame_wins_over_its_position()
    {
        var reply = new SubscribeReply { Id = 1, Channel = "room:r1", Position = Samples.Place, Resumed = true, Cursor = "as-sent" };
        Assert.True(codec.TryDecodeFrame(Encode(reply), out var frame, out var error), error?.Message);
        Assert.Equal("as-sent", Assert.IsType<SubscribeReply>(frame).Cursor);
    }

    [Fact]
    public void Payload_is_kept_byte_for_byte()
    {
        var data = Samples.Json("{ \"b\" : 1.0,\n\t\"a\":[ ],\"a\":\"\\u00e9\\/é\" }");
        var command = new PublishCommand { Channel = "room:r1", Event = "chat", Data = data };
        Assert.True(codec.TryDecodeCommand(Encode(command), out var decoded, out var error, out _), error?.Message);
        Assert.Equal(data.ToArray(), Assert.IsType<PublishCommand>(decoded).Data.ToArray());
    }

    [Fact]
    public void Payload_does_not_alias_the_frame()
    {
        var bytes = Encode(Samples.Commands["publish"]);
        Assert.True(codec.TryDecodeCommand(bytes, out var decoded, out _, out _));
        Array.Clear(bytes);
        Assert.Equal("""{"content":"hi"}""", Encoding.UTF8.GetString(Assert.IsType<PublishCommand>(decoded).Data.Span));
    }

    [Fact]
    public void Payload_may_be_63_levels_deep_and_still_reach_the_client()
    {
        var data = Samples.Json(new string('[', NativeLimits.MaxPayloadDepth) + new string(']', NativeLimits.MaxPayloadDepth));
        var command = new PublishCommand { Channel = "room:r1", Event = "chat", Data = data };
        Assert.True(codec.TryDecodeCommand(Encode(command), out _, out var error, out _), error?.Message);

        var message = Samples.Message(7, "alice", Encoding.UTF8.GetString(data.Span));
        var page = new HistoryReply { Id = 1, Channel = "room:r1", Messages = [message], Position = Samples.Place, More = false };
        Assert.True(codec.TryDecodeFrame(Encode(page), out _, out error), error?.Message);
    }

    [Fact]
    public void Payload_of_64_levels_is_refused_with_the_command_id()
    {
        var data = Samples.Json(new string('[', NativeLimits.MaxDepth) + new string(']', NativeLimits.MaxDepth));
        var command = new PublishCommand { Id = 12, Channel = "room:r1", Event = "chat", Data = data };
        Assert.False(codec.TryDecodeCommand(Encode(command), out _, out var error, out var id));
        Assert.Equal(ErrorCode.InvalidMessage, error.Code);
        Assert.Equal(12, id);
    }

    [Theory]
    [InlineData(ErrorCode.InvalidChannel, "channel", "subscribe", "room r1")]
    [InlineData(ErrorCode.InvalidChannel, "channel", "subscribe", "room:*")]
    [InlineData(ErrorCode.InvalidChannel, "channel", "typing", "a,b")]
    [InlineData(ErrorCode.InvalidMessage, "gap", "publish", "room:r1", "gap")]
    [InlineData(ErrorCode.InvalidMessage, "event", "publish", "room:r1", "")]
    [InlineData(ErrorCode.InvalidMessage, "key", "publish", "room:r1", "chat", "")]
    [InlineData(ErrorCode.InvalidMessage, "correlation_id", "publish", "room:r1", "chat", null, "é")]
    [InlineData(ErrorCode.InvalidMessage, "correlation_id", "publish", "room:r1", "chat", null, "a\nb")]
    public void Bad_field_is_refused_by_name(ErrorCode code, string says, string kind, string channel, string name = "chat", string? key = null, string? correlationId = null)
    {
        ClientCommand command = kind switch
        {
            "subscribe" => new SubscribeCommand { Id = 9, Channel = channel },
            "typing" => new TypingCommand { Id = 9, Channel = channel },
            _ => new PublishCommand { Id = 9, Channel = channel, Event = name, Data = JsonPayload.Null, Key = key, CorrelationId = correlationId },
        };
        AssertRefused(command, code, says);
    }

    [Fact]
    public void Texts_and_numbers_at_their_bounds_are_taken_and_beyond_them_refused()
    {
        AssertTaken(Publish(256 - 1, 128, 128));
        AssertRefused(Publish(256, 128, 128), ErrorCode.InvalidChannel, "channel");
        AssertRefused(Publish(255, 129, 128), ErrorCode.InvalidMessage, "event");
        AssertRefused(Publish(255, 128, 129), ErrorCode.InvalidMessage, "key");
        AssertTaken(Emit(NativeLimits.MaxGatewayLength, 128));
        AssertRefused(Emit(NativeLimits.MaxGatewayLength + 1, 128), ErrorCode.InvalidMessage, "gateway");
        AssertRefused(Emit(1, 129), ErrorCode.InvalidMessage, "event");
        AssertTaken(new SubscribeCommand { Id = 9, Channel = "a", Since = new string('x', Cursor.MaxTextLength) });
        AssertRefused(new SubscribeCommand { Id = 9, Channel = "a", Since = new string('x', Cursor.MaxTextLength + 1) }, ErrorCode.InvalidMessage, "since");
        AssertRefused(new HistoryCommand { Id = 9, Channel = "a", Limit = 0 }, ErrorCode.InvalidMessage, "limit");
        AssertRefused(new HistoryCommand { Id = 9, Channel = "a", Limit = 1001 }, ErrorCode.InvalidMessage, "limit");
        AssertRefused(new HistoryCommand { Id = 9, Channel = "a", Before = HistoryBound.At(-1) }, ErrorCode.InvalidMessage, "before");
        AssertRefused(new HistoryCommand { Id = 9, Channel = "a", Before = HistoryBound.At(1), After = HistoryBound.At(1) }, ErrorCode.InvalidMessage, "exclude");
        AssertRefused(new ReceiptCommand { Id = 9, Channel = "a", Read = -1 }, ErrorCode.InvalidMessage, "read");
        AssertRefused(new ReceiptCommand { Id = 9, Channel = "a", Delivered = NativeLimits.MaxInteger + 1 }, ErrorCode.InvalidMessage, "delivered");
        AssertTaken(new AuthCommand { Id = 9, Token = new string('t', NativeLimits.MaxTokenLength) });
        AssertRefused(new AuthCommand { Id = 9, Token = new string('t', NativeLimits.MaxTokenLength + 1) }, ErrorCode.InvalidMessage, "token");
    }

    [Fact]
    public void Questions_without_an_id_are_refused()
    {
        foreach (var command in new ClientCommand[] { new HistoryCommand { Channel = "a" }, new PresenceCommand { Channel = "a" }, new ReceiptCommand { Channel = "a" } })
        {
            Assert.False(codec.TryDecodeCommand(Encode(command), out _, out var error, out var id));
            Assert.Contains("\"id\"", error.Message);
            Assert.Null(id);
        }
    }

    [Fact]
    public void Id_above_2_to_the_53_is_refused_and_not_repeated()
    {
        Assert.False(codec.TryDecodeCommand(Encode(new PingCommand { Id = NativeLimits.MaxInteger + 1 }), out _, out var error, out var id));
        Assert.Contains("\"id\"", error.Message);
        Assert.Null(id);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = Seed.Start(output);
        var bytes = new byte[256];
        for (var i = 0; i < FuzzCases; i++)
        {
            var frame = bytes.AsSpan(0, random.Next(bytes.Length));
            random.NextBytes(frame);
            AssertSound(frame);
        }
    }

    [Fact]
    public void Mutations_of_valid_frames_never_throw()
    {
        var random = Seed.Start(output);
        byte[][] valid = [.. Samples.Commands.Values.Select(Encode), .. Samples.Frames.Values.Select(Encode)];
        var taken = 0;
        for (var i = 0; i < FuzzCases; i++)
            if (AssertSound(Mutation.Of(valid, random))) taken++;
        output.WriteLine($"{taken} of {FuzzCases} mutations decoded");
        Assert.InRange(taken, 1, FuzzCases - 1);
    }

    [Fact]
    public void Frame_cut_anywhere_never_throws()
    {
        foreach (var frame in Samples.Frames.Values.Select(Encode).Concat(Samples.Commands.Values.Select(Encode)))
            for (var length = 0; length < frame.Length; length++)
                AssertSound(frame.AsSpan(0, length));
    }

    [Fact]
    public void Encoding_from_many_threads_gives_each_its_own_frame()
    {
        var expected = Encode(Samples.Frames["message"]);
        Parallel.For(0, 1000, i =>
        {
            Assert.Equal(expected, Encode(Samples.Frames["message"]));
            Encode(Samples.Frames.Values.ElementAt(i % Samples.Frames.Count));
        });
    }

    protected static string ToJson(ClientCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeCommand(command, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    protected static string ToJson(ServerFrame frame)
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeFrame(frame, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Bytes that encoding a message allocates, once the buffer has grown and the code ran before.</summary>
    protected double AllocatedPerMessage()
    {
        const int Rounds = 1000;
        var message = Samples.Message(7, "alice", """{"content":"hi"}""");
        var buffer = new ArrayBufferWriter<byte>(4096);
        long before = 0;
        for (var i = -100; i < Rounds; i++)
        {
            if (i == 0) before = GC.GetAllocatedBytesForCurrentThread();
            buffer.ResetWrittenCount();
            codec.EncodeFrame(message, buffer);
        }
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds;
    }

    private static PublishCommand Publish(int channel, int name, int key) => new()
    {
        Id = 9,
        Channel = new string('c', channel),
        Event = new string('e', name),
        Data = JsonPayload.Null,
        Key = new string('k', key),
        CorrelationId = new string('~', NativeLimits.MaxCorrelationIdLength),
    };

    private static EmitCommand Emit(int gateway, int name) => new()
    {
        Id = 9,
        Gateway = new string('/', gateway),
        Event = new string('e', name),
        Data = JsonPayload.EmptyArray,
    };

    private void AssertTaken(ClientCommand command) =>
        Assert.True(codec.TryDecodeCommand(Encode(command), out _, out var error, out _), error?.Message);

    private void AssertRefused(ClientCommand command, ErrorCode code, string says)
    {
        Assert.False(codec.TryDecodeCommand(Encode(command), out var decoded, out var error, out var id));
        Assert.Null(decoded);
        Assert.Equal(code, error.Code);
        Assert.Contains(says, error.Message);
        Assert.Equal(9, id);
    }

    private bool AssertSound(ReadOnlySpan<byte> bytes)
    {
        var isCommand = codec.TryDecodeCommand(bytes, out var command, out var error, out _);
        Assert.Equal(isCommand, command is not null);
        Assert.Equal(isCommand, error is null);
        if (error is not null) Assert.NotEmpty(error.Message);
        if (command is not null) Encode(command);

        var isFrame = codec.TryDecodeFrame(bytes, out var frame, out error);
        Assert.Equal(isFrame, frame is not null);
        Assert.Equal(isFrame, error is null);
        if (error is not null) Assert.NotEmpty(error.Message);
        if (frame is not null) Encode(frame);
        return isCommand || isFrame;
    }

    private byte[] Encode(ClientCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        codec.EncodeCommand(command, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private byte[] Encode(ServerFrame frame)
    {
        var buffer = new ArrayBufferWriter<byte>();
        codec.EncodeFrame(frame, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
