using System.Text;
using Arauto.Protocols.SocketIo;

namespace Arauto.Tests.Protocols.SocketIo;

public sealed class SocketIoDecoderTests
{
    private readonly SocketIoDecoder _decoder = new(maxAttachments: 10);

    [Theory]
    [InlineData("0", "/", "")]
    [InlineData("0{}", "/", "{}")]
    [InlineData("0{\"token\":\"123\"}", "/", "{\"token\":\"123\"}")]
    [InlineData("0/custom", "/custom", "")]
    [InlineData("0/custom,", "/custom", "")]
    [InlineData("0/custom,{\"a\":[1]}", "/custom", "{\"a\":[1]}")]
    [InlineData("0/,", "/", "")]
    [InlineData("0/", "/", "")]
    [InlineData("0/,{\"a\":1}", "/", "{\"a\":1}")]
    [InlineData("0/admin?x=1,", "/admin?x=1", "")]
    [InlineData("0/čaj,", "/čaj", "")]
    [InlineData("0/a/b{c}[d]\"e,{}", "/a/b{c}[d]\"e", "{}")]
    public void A_namespace_is_joined(string text, string ns, string payload)
    {
        var packet = Read(text);
        Assert.Equal((SocketIoPacketKind.Connect, ns, payload), (packet.Kind, packet.Namespace, Encoding.UTF8.GetString(packet.Payload.Span)));
    }

    [Theory]
    [InlineData("1", "/")]
    [InlineData("1/custom,", "/custom")]
    [InlineData("1/custom", "/custom")]
    public void A_namespace_is_left(string text, string ns)
    {
        var packet = Read(text);
        Assert.Equal((SocketIoPacketKind.Disconnect, ns), (packet.Kind, packet.Namespace));
    }

    [Theory]
    [InlineData("2[\"message\"]", "/", null, "message", "[]")]
    [InlineData("2[\"message\",1,\"2\",{\"3\":[true]}]", "/", null, "message", "[1,\"2\",{\"3\":[true]}]")]
    [InlineData("20[\"a\"]", "/", 0L, "a", "[]")]
    [InlineData("2456[\"a\",null]", "/", 456L, "a", "[null]")]
    [InlineData("29007199254740991[\"a\"]", "/", 9007199254740991L, "a", "[]")]
    [InlineData("2007[\"a\"]", "/", 7L, "a", "[]")]
    [InlineData("2/custom,[\"a\",1]", "/custom", null, "a", "[1]")]
    [InlineData("2/custom,13[\"a\",1]", "/custom", 13L, "a", "[1]")]
    [InlineData("2[\"a\",{\"z\":1,\"b\":1.50,\"a\":1e400,\"z\":2}]", "/", null, "a", "[{\"z\":1,\"b\":1.50,\"a\":1e400,\"z\":2}]")]
    [InlineData("2[\"a\" , 1 ]", "/", null, "a", "[ 1 ]")]
    [InlineData("2 [ \"a\" ] ", "/", null, "a", "[]")]
    [InlineData("2[\"a,b]\",\",\"]", "/", null, "a,b]", "[\",\"]")]
    [InlineData("2[\"\\u0061\\n\",\"\\ud83d\"]", "/", null, "a\n", "[\"\\ud83d\"]")]
    [InlineData("2[\"\"]", "/", null, "", "[]")]
    [InlineData("2[1,2]", "/", null, "1", "[2]")]
    [InlineData("2[-1.50]", "/", null, "-1.50", "[]")]
    [InlineData("2[\"a\",{\"_placeholder\":true,\"num\":7}]", "/", null, "a", "[{\"_placeholder\":true,\"num\":7}]")]
    [InlineData("2[\"Connect\"]", "/", null, "Connect", "[]")]
    [InlineData("2[\"てすと\",\"😀\"]", "/", null, "てすと", "[\"😀\"]")]
    public void An_event_is_read_and_the_text_of_its_arguments_kept(string text, string ns, long? id, string name, string json)
    {
        var packet = Read(text);
        Assert.Equal(
            (SocketIoPacketKind.Event, ns, id, name, json),
            (packet.Kind, packet.Namespace, packet.Id, packet.Event, Encoding.UTF8.GetString(packet.Arguments.Json.Span)));
        Assert.Empty(packet.Arguments.Attachments);
    }

    [Theory]
    [InlineData("30[]", "/", 0L, "[]")]
    [InlineData("312[\"ok\",[1]]", "/", 12L, "[\"ok\",[1]]")]
    [InlineData("3/custom,13[ ]", "/custom", 13L, "[]")]
    [InlineData("313", "/", 13L, "[]")]
    [InlineData("39007199254740991[1]", "/", 9007199254740991L, "[1]")]
    public void An_answer_is_read(string text, string ns, long id, string json)
    {
        var packet = Read(text);
        Assert.Equal((SocketIoPacketKind.Ack, ns, id, json), (packet.Kind, packet.Namespace, packet.Id, Encoding.UTF8.GetString(packet.Arguments.Json.Span)));
    }

    [Theory]
    [InlineData("2", "/")]
    [InlineData("25", "/")]
    [InlineData("2/custom,", "/custom")]
    [InlineData("2/custom[\"a\"]", "/custom[\"a\"]")]
    [InlineData("3", "/")]
    [InlineData("3[1]", "/")]
    [InlineData("3/custom,[]", "/custom")]
    public void A_packet_without_effect_is_ignored_but_names_its_namespace(string text, string ns)
    {
        var result = Add(text);
        Assert.Equal(SocketIoDecodeStatus.Ignored, result.Status);
        Assert.Equal(ns, result.Packet!.Namespace);
        Assert.Null(result.Packet.Event);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("9[\"a\"]")]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData(" 2[\"a\"]")]
    [InlineData("abc")]
    public void An_unknown_type_closes_the_session(string text) => AssertViolation(text);

    [Theory]
    [InlineData("2{}")]
    [InlineData("2null")]
    [InlineData("2\"a\"")]
    [InlineData("2true")]
    [InlineData("2[]")]
    [InlineData("2[ ]")]
    [InlineData("2[null]")]
    [InlineData("2[true]")]
    [InlineData("2[{}]")]
    [InlineData("2[[\"a\"]]")]
    [InlineData("2[\"\\ud800\"]")]
    [InlineData("3{}")]
    [InlineData("31{}")]
    [InlineData("31\"a\"")]
    [InlineData("31null")]
    [InlineData("0[]")]
    [InlineData("0\"a\"")]
    [InlineData("0null")]
    [InlineData("0true")]
    [InlineData("0/custom,[]")]
    [InlineData("1{}")]
    [InlineData("1[]")]
    [InlineData("1\"io client disconnect\"")]
    [InlineData("1/custom,null")]
    [InlineData("4{\"message\":\"no\"}")]
    [InlineData("4\"no\"")]
    public void A_payload_of_the_wrong_kind_closes_the_session(string text) => AssertViolation(text);

    [Theory]
    [InlineData("2[")]
    [InlineData("2[\"a\"")]
    [InlineData("2[\"a\"]]")]
    [InlineData("2[\"a\"]x")]
    [InlineData("2[\"a\"] []")]
    [InlineData("2[\"a\",]")]
    [InlineData("2[,\"a\"]")]
    [InlineData("2[\"a\",01]")]
    [InlineData("2[\"a\",NaN]")]
    [InlineData("2['a']")]
    [InlineData("2[\"a\"/**/]")]
    [InlineData("2[\"a\n\"]")]
    [InlineData("0{")]
    [InlineData("0{\"a\":}")]
    [InlineData("0{}{}")]
    [InlineData("31[")]
    public void Text_that_is_not_one_JSON_value_closes_the_session(string text) => AssertViolation(text);

    [Theory]
    [InlineData("connect")]
    [InlineData("connect_error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    [InlineData("\\u0063onnect")]
    public void A_reserved_event_closes_the_session(string name) => AssertViolation($"2[\"{name}\"]");

    [Theory]
    [InlineData("2abc[\"a\"]")]
    [InlineData("21.5[\"a\"]")]
    [InlineData("2-1[\"a\"]")]
    [InlineData("21e3[\"a\"]")]
    [InlineData("2+1[\"a\"]")]
    [InlineData("29007199254740992[\"a\"]")]
    [InlineData("299999999999999999999999999[\"a\"]")]
    [InlineData("3abc[]")]
    public void An_id_that_is_no_number_closes_the_session(string text) => AssertViolation(text);

    [Theory]
    [InlineData("5[\"a\"]")]
    [InlineData("5-[\"a\"]")]
    [InlineData("50-[\"a\"]")]
    [InlineData("51[\"a\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("51.5-[\"a\"]")]
    [InlineData("5-1-[\"a\"]")]
    [InlineData("5+1-[\"a\"]")]
    [InlineData("5 1-[\"a\"]")]
    [InlineData("5a-[\"a\"]")]
    [InlineData("511-[\"a\"]")]
    [InlineData("599999999999999999999-[\"a\"]")]
    [InlineData("5")]
    [InlineData("51")]
    [InlineData("51-")]
    [InlineData("61-0")]
    [InlineData("61-")]
    [InlineData("60-[]")]
    public void A_wrong_number_of_attachments_closes_the_session(string text) => AssertViolation(text);

    [Theory]
    [InlineData("{\"_placeholder\":true}")]
    [InlineData("{\"_placeholder\":true,\"num\":1}")]
    [InlineData("{\"_placeholder\":true,\"num\":-1}")]
    [InlineData("{\"_placeholder\":true,\"num\":0.5}")]
    [InlineData("{\"_placeholder\":true,\"num\":\"0\"}")]
    [InlineData("{\"_placeholder\":true,\"num\":null}")]
    [InlineData("{\"_placeholder\":true,\"num\":{\"_placeholder\":true,\"num\":0}}")]
    [InlineData("{\"_placeholder\":true,\"num\":1e99}")]
    [InlineData("[{\"a\":[{\"_placeholder\":true,\"num\":1}]}]")]
    public void A_placeholder_without_an_attachment_closes_the_session(string placeholder)
    {
        AssertViolation($"51-[\"a\",{placeholder}]");
        AssertViolation($"61-5[{placeholder}]");
    }

    [Fact]
    public void More_placeholders_than_attachments_are_allowed_close_the_session()
    {
        var many = string.Join(',', Enumerable.Repeat("{\"_placeholder\":true,\"num\":0}", 11));
        AssertViolation($"51-[\"a\",{many}]");
    }

    [Theory]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":0}]", "[{\"_placeholder\":true,\"num\":0}]", "0")]
    [InlineData("52-[\"a\",{\"_placeholder\":true,\"num\":0},[{\"b\":{\"_placeholder\":true,\"num\":1}}]]", "[{\"_placeholder\":true,\"num\":0},[{\"b\":{\"_placeholder\":true,\"num\":1}}]]", "01")]
    [InlineData("52-[\"a\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]", "[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", "10")]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":0}]", "[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", "00")]
    [InlineData("53-[\"a\",{\"_placeholder\":true,\"num\":2}]", "[{\"_placeholder\":true,\"num\":0}]", "2")]
    [InlineData("51-[\"a\",{\"num\":0,\"x\":{\"_placeholder\":true,\"num\":9},\"_placeholder\":true}]", "[{\"_placeholder\":true,\"num\":0}]", "0")]
    [InlineData("51-[\"a\",{\"_placeholder\":false,\"num\":7},{\"_placeholder\":1},{\"\\ud800\":1}]", "[{\"_placeholder\":false,\"num\":7},{\"_placeholder\":1},{\"\\ud800\":1}]", "")]
    [InlineData("51-[\"a\",{\"\\u005fplaceholder\":true,\"num\":0}]", "[{\"_placeholder\":true,\"num\":0}]", "0")]
    [InlineData("51-[\"a\"]", "[]", "")]
    public void Attachments_stand_in_the_order_of_the_text_whatever_the_client_referred_to(string text, string json, string attachments)
    {
        var packet = Finish(Add(text));
        Assert.Equal(("a", json), (packet.Event, Encoding.UTF8.GetString(packet.Arguments.Json.Span)));
        Assert.Equal(attachments.Select(digit => (byte)(digit - '0')), packet.Arguments.Attachments.Select(bytes => Assert.Single(bytes.ToArray())));
    }

    [Fact]
    public void An_answer_with_attachments_is_an_answer()
    {
        var packet = Finish(Add("61-/custom,456[{\"_placeholder\":true,\"num\":0}]"));
        Assert.Equal((SocketIoPacketKind.Ack, "/custom", 456L), (packet.Kind, packet.Namespace, packet.Id));
        Assert.True(packet.Arguments.IsBinary(0));
    }

    [Fact]
    public void A_binary_answer_to_nothing_is_ignored_with_its_attachments()
    {
        Assert.Equal(SocketIoDecodeStatus.NeedMore, Add("61-[{\"_placeholder\":true,\"num\":0}]").Status);
        Assert.Equal(SocketIoDecodeStatus.Ignored, _decoder.AddBinary([1]).Status);
        Assert.Equal("a", Read("2[\"a\"]").Event);
    }

    [Fact]
    public void Ten_attachments_may_come_and_an_empty_one_is_one()
    {
        var result = Add($"510-[\"a\",{string.Join(',', Enumerable.Range(0, 10).Select(i => $"{{\"_placeholder\":true,\"num\":{i}}}"))}]");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(SocketIoDecodeStatus.NeedMore, result.Status);
            result = _decoder.AddBinary([]);
        }
        Assert.Equal(10, result.Packet!.Arguments.Count);
        Assert.All(result.Packet.Arguments.Attachments, bytes => Assert.Equal(0, bytes.Length));
    }

    [Fact]
    public void Text_while_attachments_are_due_closes_the_session()
    {
        Assert.Equal(SocketIoDecodeStatus.NeedMore, Add("51-[\"a\",{\"_placeholder\":true,\"num\":0}]").Status);
        AssertViolation("2[\"b\"]");
    }

    [Fact]
    public void An_attachment_without_a_packet_closes_the_session()
    {
        Assert.Equal(SocketIoDecodeStatus.Violation, _decoder.AddBinary([1]).Status);
        Read("2[\"a\"]");
        Assert.Equal(SocketIoDecodeStatus.Violation, _decoder.AddBinary([1]).Status);
    }

    [Fact]
    public void After_the_last_attachment_text_may_come_again()
    {
        Finish(Add("51-[\"a\",{\"_placeholder\":true,\"num\":0}]"));
        Assert.Equal("b", Read("2[\"b\"]").Event);
        Assert.Equal(SocketIoDecodeStatus.Violation, _decoder.AddBinary([1]).Status);
    }

    [Fact]
    public void What_was_received_may_be_overwritten_afterwards()
    {
        var text = Encoding.UTF8.GetBytes("51-[\"a\",1,{\"_placeholder\":true,\"num\":0}]");
        byte[] attachment = [5];
        _decoder.Add(text);
        text.AsSpan().Fill((byte)'x');
        var packet = _decoder.AddBinary(attachment).Packet!;
        attachment[0] = 6;
        Assert.Equal(5, Assert.Single(packet.Arguments.Binary(1).ToArray()));
    }

    [Fact]
    public void Depth_is_bounded_at_64_levels()
    {
        Assert.Equal("a", Read($"2[\"a\",{new string('[', 63)}{new string(']', 63)}]").Event);
        AssertViolation($"2[\"a\",{new string('[', 64)}{new string(']', 64)}]");
    }

    [Theory]
    [InlineData(new byte[] { (byte)'2', (byte)'[', (byte)'"', 0xff, (byte)'"', (byte)']' })]
    [InlineData(new byte[] { (byte)'2', (byte)'[', (byte)'"', (byte)'a', (byte)'"', (byte)',', (byte)'"', 0xed, 0xa0, 0x80, (byte)'"', (byte)']' })]
    [InlineData(new byte[] { (byte)'0', (byte)'/', 0xc3, (byte)',' })]
    public void Bytes_that_are_not_UTF8_close_the_session(byte[] text) => Assert.Equal(SocketIoDecodeStatus.Violation, _decoder.Add(text).Status);

    private SocketIoDecodeResult Add(string text) => _decoder.Add(Encoding.UTF8.GetBytes(text));

    private SocketIoPacket Read(string text)
    {
        var result = Add(text);
        Assert.True(result.Status == SocketIoDecodeStatus.Packet, $"{result.Status} {result.Violation}");
        return result.Packet!;
    }

    /// <summary>Sends as attachments bytes that are their own numbers.</summary>
    private SocketIoPacket Finish(SocketIoDecodeResult result)
    {
        for (byte i = 0; result.Status == SocketIoDecodeStatus.NeedMore; i++) result = _decoder.AddBinary([i]);
        Assert.True(result.Status == SocketIoDecodeStatus.Packet, $"{result.Status} {result.Violation}");
        return result.Packet!;
    }

    private void AssertViolation(string text)
    {
        var result = Add(text);
        Assert.Equal(SocketIoDecodeStatus.Violation, result.Status);
        Assert.NotEmpty(result.Violation!);
        Assert.Null(result.Packet);
    }
}
