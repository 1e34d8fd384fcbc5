using System.Buffers;
using System.Text;
using System.Text.Json;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Tests.Codecs;

public sealed class JsonCodecTests(ITestOutputHelper output) : NativeCodecTests(JsonCodec.Instance, output)
{
    public static TheoryData<string, string, string, long?, string> InvalidCommands
    {
        get
        {
            var data = new TheoryData<string, string, string, long?, string>();
            foreach (var item in Fixture("invalid-commands.json"))
            {
                data.Add(
                    item.GetProperty("name").GetString()!,
                    item.GetProperty("frame").GetString()!,
                    item.GetProperty("code").GetString()!,
                    item.TryGetProperty("id", out var id) ? id.GetInt64() : null,
                    item.GetProperty("says").GetString()!);
            }
            return data;
        }
    }

    [Fact]
    public void Commands_have_exactly_the_bytes_of_the_fixtures() =>
        Assert.Equal(Samples.Commands.Select(sample => (sample.Key, ToJson(sample.Value))), NamesAndFrames("commands.json"));

    [Fact]
    public void Frames_have_exactly_the_bytes_of_the_fixtures() =>
        Assert.Equal(Samples.Frames.Select(sample => (sample.Key, ToJson(sample.Value))), NamesAndFrames("frames.json"));

    [Theory]
    [MemberData(nameof(InvalidCommands))]
    public void Invalid_command_is_refused_with_its_reason(string name, string frame, string code, long? id, string says)
    {
        Assert.NotEmpty(name);
        Assert.False(Decode(frame, out var command, out var error, out var readId));
        Assert.Null(command);
        Assert.Equal(code, error!.Code.Word());
        Assert.Contains(says, error.Message);
        Assert.Equal(id, readId);
    }

    [Fact]
    public void Fields_may_come_in_any_order_with_unknown_ones_between()
    {
        Assert.True(Decode("""{"x":{"type":"auth","id":[]},"data":{"type":"ping"},"event":"chat","id":4,"y":"\ud800","\ud800":1,"channel":"room:r1","type":"publish"}""", out var command, out var error, out var id), error?.Message);
        var publish = Assert.IsType<PublishCommand>(command);
        Assert.Equal("""{"type":"ping"}""", Encoding.UTF8.GetString(publish.Data.Span));
        Assert.Equal(4, id);
    }

    [Fact]
    public void Of_a_repeated_field_the_last_counts()
    {
        Assert.True(Decode("""{"type":"publish","type":"typing","channel":1,"channel":"a","channel":"b"}""", out var command, out _, out _));
        Assert.Equal("b", Assert.IsType<TypingCommand>(command).Channel);
    }

    [Fact]
    public void Names_and_words_may_be_escaped()
    {
        Assert.True(Decode("""{"\u0074ype":"\u0074yping","ch\u0061nnel":"r\u006fom"}""", out var command, out var error, out _), error?.Message);
        Assert.Equal("room", Assert.IsType<TypingCommand>(command).Channel);
    }

    [Fact]
    public void Null_counts_as_absent()
    {
        Assert.True(Decode("""{"type":"history","id":1,"channel":"a","before":null,"after":5,"limit":null}""", out var command, out var error, out _), error?.Message);
        Assert.Equal(5, Assert.IsType<HistoryCommand>(command).After!.Value.Offset);
    }

    [Theory]
    [InlineData("""{"type":"publish","channel":"a","event":"e"}""", "null")]
    [InlineData("""{"type":"publish","channel":"a","event":"e","data":null}""", "null")]
    [InlineData("""{"type":"publish","channel":"a","event":"e","data":  "x"  }""", "\"x\"")]
    [InlineData("""{"type":"publish","channel":"a","event":"e","data":0}""", "0")]
    [InlineData("""{"type":"publish","channel":"a","event":"e","data":[ {"a":"\ud800"} ]}""", """[ {"a":"\ud800"} ]""")]
    public void Any_json_value_is_a_payload(string frame, string data)
    {
        Assert.True(Decode(frame, out var command, out var error, out _), error?.Message);
        Assert.Equal(data, Encoding.UTF8.GetString(Assert.IsType<PublishCommand>(command).Data.Span));
    }

    [Theory]
    [InlineData("""{"type":"emit","event":"e"}""", "/", "[]")]
    [InlineData("""{"data":[ 1,"é" ],"event":"subscribe","gateway":null,"type":"emit"}""", "/", """[ 1,"é" ]""")]
    public void Emit_goes_to_the_main_gateway_without_arguments_unless_told_otherwise(string frame, string gateway, string data)
    {
        Assert.True(Decode(frame, out var command, out var error, out _), error?.Message);
        var emit = Assert.IsType<EmitCommand>(command);
        Assert.Equal((gateway, data), (emit.Gateway, Encoding.UTF8.GetString(emit.Data.Span)));
    }

    [Theory]
    [InlineData("type")]
    [InlineData("data")]
    [InlineData("unknown")]
    public void Bytes_that_are_not_utf8_are_refused_wherever_they_are(string field)
    {
        byte[] frame = [.. Encoding.UTF8.GetBytes($"{{\"type\":\"publish\",\"channel\":\"a\",\"event\":\"e\",\"{field}\":\""), 0xc3, 0x28, .. "\"}"u8];
        Assert.False(JsonCodec.Instance.TryDecodeCommand(frame, out _, out var error, out _));
        Assert.Contains("UTF-8", error.Message);
    }

    [Fact]
    public void Type_that_is_no_word_of_the_protocol_is_a_message()
    {
        const string Frame = """{"more":[],"cursor":"c","epoch":"00000000000000ff","offset":3,"id":"019aa0c8-3c00-7000-8000-000000000001","timestamp":"2026-11-20T11:00:00.1234567+01:00","data":{"x":1},"channel":"updates","type":"release"}""";
        Assert.True(JsonCodec.Instance.TryDecodeFrame(Encoding.UTF8.GetBytes(Frame), out var frame, out var error), error?.Message);
        var message = Assert.IsType<MessageFrame>(frame);
        Assert.Equal(("release", "c", 3L, 255UL), (message.Event, message.Cursor, message.Position.Offset, message.Position.Epoch.Value));
        Assert.Equal(TimeSpan.Zero, message.Timestamp.Offset);
        Assert.Equal(10, message.Timestamp.Hour);
    }

    [Theory]
    [InlineData("""{"type":"subscribe","channel":"a"}""", "subscribe")]
    [InlineData("""{"type":"gap","channel":"a","from":1,"to":2,"reason":"tired"}""", "reason")]
    [InlineData("""{"type":"presence","channel":"a","action":"sleep","user":"u"}""", "action")]
    [InlineData("""{"type":"reply"}""", "id")]
    [InlineData("""{"type":"reply","id":1,"message":"m","offset":1,"epoch":"00000000000000ff","durable":true,"fanout":"full","correlation_id":"x"}""", "message")]
    [InlineData("""{"type":"reply","id":1,"data":{"a":[]}}""", "data")]
    [InlineData("""{"type":"reply","id":1,"channel":"a","messages":[5],"cursor":"c","offset":1,"epoch":"00000000000000ff","more":false}""", "data")]
    [InlineData("""{"type":"reply","id":1,"channel":"a","users":[{"user":"u"}]}""", "connections")]
    [InlineData("""{"type":"reply","id":1,"channel":"a","receipts":{}}""", "receipts")]
    [InlineData("""{"type":"reply","id":1,"user":"u","expires":"tomorrow"}""", "expires")]
    [InlineData("""{"type":"chat","channel":"a","data":1,"id":7}""", "timestamp")]
    [InlineData("""{"type":"move","after":1e999,"reason":"draining"}""", "after")]
    [InlineData("""{"type":"move","after":-1,"reason":"draining"}""", "after")]
    [InlineData("""{"type":"error","code":"c","message":"m","retry_after":"1"}""", "retry_after")]
    [InlineData("""{"type":"connected","connection":"c","user":"u","node":"n","interval":1,"timeout":1,"heartbeat":{}}""", "heartbeat.interval")]
    [InlineData("""[]""", "object")]
    public void Invalid_frame_of_a_server_is_refused_with_its_reason(string frame, string says)
    {
        Assert.False(JsonCodec.Instance.TryDecodeFrame(Encoding.UTF8.GetBytes(frame), out _, out var error));
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public void Text_that_is_not_unicode_is_written_as_sound_json()
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeFrame(new TypingFrame { Channel = "a", User = "\ud800\u0001\"\\\u2028" }, buffer);
        Assert.True(JsonCodec.Instance.TryDecodeFrame(buffer.WrittenSpan, out var frame, out var error), error?.Message);
        Assert.Equal("\ufffd\u0001\"\\\u2028", Assert.IsType<TypingFrame>(frame).User);
    }

    [Fact]
    public void Encoding_a_message_allocates_nothing() =>
        // The least of several rounds: in one of them the compiler may replace the code.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedPerMessage()));

    private static bool Decode(string frame, out ClientCommand? command, out ProtocolError? error, out long? id) =>
        JsonCodec.Instance.TryDecodeCommand(Encoding.UTF8.GetBytes(frame), out command, out error, out id);

    private static IEnumerable<(string Name, string Frame)> NamesAndFrames(string file) =>
        Fixture(file).Select(item => (item.GetProperty("name").GetString()!, item.GetProperty("frame").GetRawText()));

    private static JsonElement[] Fixture(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("tests", "fixtures", "wire", file)));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }
}
