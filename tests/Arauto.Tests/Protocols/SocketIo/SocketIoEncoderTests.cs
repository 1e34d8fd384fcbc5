using System.Buffers;
using System.Text.Json;
using Arauto.Gateways;
using Arauto.Protocols.SocketIo;

namespace Arauto.Tests.Protocols.SocketIo;

public sealed class SocketIoEncoderTests
{
    [Theory]
    [InlineData("/", null, "0{\"sid\":\"abc\"}")]
    [InlineData("/custom", null, "0/custom,{\"sid\":\"abc\"}")]
    [InlineData("/", "xyz", "0{\"sid\":\"abc\",\"pid\":\"xyz\"}")]
    public void A_joined_namespace(string ns, string? pid, string text) =>
        AssertText(text, output => SocketIoEncoder.Connect(output, ns, "abc", pid));

    [Theory]
    [InlineData("/random", "Invalid namespace", "", "4/random,{\"message\":\"Invalid namespace\"}")]
    [InlineData("/", "No", "{\"code\":42}", "4{\"message\":\"No\",\"data\":{\"code\":42}}")]
    [InlineData("/", "Não \"<'&", "", "4{\"message\":\"Não \\\"<'&\"}")]
    public void A_refused_namespace(string ns, string message, string data, string text) =>
        AssertText(text, output => SocketIoEncoder.ConnectError(output, ns, message, System.Text.Encoding.UTF8.GetBytes(data)));

    [Theory]
    [InlineData("/", "1")]
    [InlineData("/custom", "1/custom,")]
    public void A_namespace_that_the_server_leaves(string ns, string text) =>
        AssertText(text, output => SocketIoEncoder.Disconnect(output, ns));

    [Theory]
    [InlineData("/", null, "a", "[]", "", "2[\"a\"]")]
    [InlineData("/", null, "a", "[1,\"2\",{\"3\":[true]}]", "", "2[\"a\",1,\"2\",{\"3\":[true]}]")]
    [InlineData("/", 0L, "a", "[null]", "", "20[\"a\",null]")]
    [InlineData("/custom", 9007199254740991L, "a", "[1]", "", "2/custom,9007199254740991[\"a\",1]")]
    [InlineData("/", null, "a", "[]", "off-1", "2[\"a\",\"off-1\"]")]
    [InlineData("/custom", null, "a", "[{}]", "off-1", "2/custom,[\"a\",{},\"off-1\"]")]
    [InlineData("/", null, "a\"\\\nб", "[]", "", "2[\"a\\\"\\\\\\nб\"]")]
    public void An_event(string ns, long? id, string name, string arguments, string offset, string text) =>
        AssertText(text, output => SocketIoEncoder.Event(output, ns, id, name, Arguments(arguments), System.Text.Encoding.UTF8.GetBytes(offset)));

    [Theory]
    [InlineData("/", 0, "[]", "30[]")]
    [InlineData("/custom", 13, "[\"ok\",1]", "3/custom,13[\"ok\",1]")]
    public void An_answer(string ns, long id, string arguments, string text) =>
        AssertText(text, output => SocketIoEncoder.Ack(output, ns, id, Arguments(arguments)));

    [Fact]
    public void Attachments_follow_their_packet()
    {
        var arguments = EventArguments.From([new byte[] { 1 }, new { a = new[] { new byte[] { 2, 3 }, [] } }]);

        var sent = EncodedPacket.Of(output => SocketIoEncoder.Event(output, "/custom", 5, "a", arguments, "off"u8));
        Assert.Equal("53-/custom,5[\"a\",{\"_placeholder\":true,\"num\":0},{\"a\":[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":2}]},\"off\"]", sent.Text);
        Assert.Equal([[1], [2, 3], []], sent.Attachments);

        var answer = EncodedPacket.Of(output => SocketIoEncoder.Ack(output, "/", 5, arguments));
        Assert.Equal("63-5[{\"_placeholder\":true,\"num\":0},{\"a\":[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":2}]}]", answer.Text);
        Assert.Equal([[1], [2, 3], []], answer.Attachments);
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Frames_of_every_length_are_whole(int length)
    {
        var text = new string('x', length);
        var bytes = new byte[length];
        var sent = EncodedPacket.Of(output => SocketIoEncoder.Event(output, "/", null, "a", EventArguments.From([text, bytes])));
        Assert.Equal($"51-[\"a\",\"{text}\",{{\"_placeholder\":true,\"num\":0}}]", sent.Text);
        Assert.Equal(bytes, Assert.Single(sent.Attachments));
    }

    [Fact]
    public void A_name_that_is_not_unicode_is_refused() =>
        Assert.Throws<ArgumentException>(() => SocketIoEncoder.Event(new ArrayBufferWriter<byte>(), "/", null, "\ud800", EventArguments.Empty));

    private static EventArguments Arguments(string json) => EventArguments.Parse(System.Text.Encoding.UTF8.GetBytes(json));

    private static void AssertText(string text, Action<IBufferWriter<byte>> encode)
    {
        var sent = EncodedPacket.Of(encode);
        Assert.Equal(text, sent.Text);
        Assert.Empty(sent.Attachments);
        if (text[0] is '0' or '4') using (JsonDocument.Parse(text[text.IndexOf('{')..])) { }
    }
}
