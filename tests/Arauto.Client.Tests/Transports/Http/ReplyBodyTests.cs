using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Arauto.Client.Transports.Http;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests.Transports.Http;

public sealed class ReplyBodyTests
{
    /// <summary>Commands that HTTP has no request for.</summary>
    private static readonly string[] OverWebSocketOnly = ["subscribe", "auth", "emit"];

    public static TheoryData<string, string> Replies => WireFixtures.Frames(name =>
        name.StartsWith("reply to", StringComparison.Ordinal) && !OverWebSocketOnly.Contains(name.Split(' ')[2]));

    [Theory]
    [MemberData(nameof(Replies))]
    public void The_body_of_an_answer_is_the_reply_it_would_have_been_over_websocket(string name, string frame)
    {
        var reply = JsonNode.Parse(frame)!.AsObject();
        var id = (long)reply["id"]!;
        ClientCommand command = name.Split(' ')[2] switch
        {
            "publish" => new PublishCommand { Id = id, Channel = "room:r1", Event = "chat", Data = default },
            "history" => new HistoryCommand { Id = id, Channel = "room:r1" },
            "presence" => new PresenceCommand { Id = id, Channel = "room:r1" },
            _ => new ReceiptCommand { Id = id, Channel = "room:r1" },
        };
        reply.Remove("type");
        reply.Remove("id");
        // A page over HTTP has its place in the cursor only.
        if (command is HistoryCommand) (_, _) = (reply.Remove("offset"), reply.Remove("epoch"));
        var read = ReplyBody.Read(command, Encoding.UTF8.GetBytes(reply.ToJsonString()));
        var bytes = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeFrame(read.Frame, bytes);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(frame), JsonNode.Parse(bytes.WrittenSpan)), Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"channel":"a","users":[]}""")]
    [InlineData("""{"message":"x","offset":1}""")]
    public void Something_else_than_the_answer_is_a_fault(string body)
    {
        var command = new PublishCommand { Id = 1, Channel = "a", Event = "chat", Data = default };
        Assert.Equal("internal", Assert.Throws<ArautoException>(() => ReplyBody.Read(command, Encoding.UTF8.GetBytes(body))).Code);
    }
}
