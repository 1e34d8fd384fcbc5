using System.Text;
using Arauto.Gateways;
using Arauto.Redis;
using Arauto.SocketIo;
using Arauto.SocketIo.Cluster;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>The bytes of the classic protocol, as captured between servers on Node.js (socket.io 4.8.3, @socket.io/redis-adapter 8.3.0, @socket.io/redis-emitter 5.1.0).</summary>
public sealed class ClassicProtocolTests
{
    private const string ToAll = "93a64b34476d537283a47479706502a46461746193a568656c6c6fa5776f726c6401a36e7370a12f83a5726f6f6d7390a665786365707490a5666c61677380";
    private const string WithFlags = "93a64b34476d537283a47479706502a46461746192a56d756c7469cd012ca36e7370a12f83a5726f6f6d7392a5726f6f6d31a5726f6f6d32a665786365707491a178a5666c61677382a8766f6c6174696c65c3a8636f6d7072657373c2";
    private const string OfEmitter = "93a7656d697474657283a47479706502a46461746192ab66726f6d456d6974746572c401ffa36e7370a12f83a5726f6f6d7391a5726f6f6d31a5666c61677380a665786365707490";
    private const string Asking = "85a3756964a64b34476d5372a9726571756573744964a6426466382d73a47479706507a67061636b657483a47479706502a46461746192a361736ba171a36e7370a12fa46f70747383a5726f6f6d7390a665786365707490a5666c61677381a774696d656f7574cd0320";
    private const string Acknowledging = "83a47479706509a9726571756573744964a6426466382d73a67061636b657481a379657301";

    private static readonly NodeMark Mark = new("", "abcdef");
    private static readonly ClassicProtocol Protocol = new("socket.io", "/", Mark);

    [Fact]
    public void Events_have_the_captured_bytes()
    {
        var hello = new BroadcastRequest("hello", EventArguments.From(["world", 1]), Recipients.All, EmitFlags.None) { Sender = "K4GmSr" };
        Assert.Equal(("PUBLISH", "socket.io#/#", ToAll), Sent(Protocol.Encode(hello)));
        var flagged = new BroadcastRequest("multi", EventArguments.From([300]), new Recipients(["room1", "room2"], ["x"]), EmitFlags.Volatile | EmitFlags.Uncompressed) { Sender = "K4GmSr" };
        Assert.Equal(("PUBLISH", "socket.io#/#", WithFlags), Sent(Protocol.Encode(flagged)));
        var one = new BroadcastRequest("hello", EventArguments.Empty, new Recipients(["a#b"], []), EmitFlags.None) { Sender = "K4GmSr" };
        Assert.Equal("socket.io#/#a#b#", Sent(Protocol.Encode(one)).Channel);
    }

    [Fact]
    public void Captured_events_are_read()
    {
        var hello = Read<BroadcastRequest>("socket.io#/#", ToAll);
        Assert.Equal(("K4GmSr", "hello", """["world",1]""", EmitFlags.None), (hello.Sender, hello.Name, Text(hello.Arguments), hello.Flags));
        Assert.Empty(hello.To.Rooms);
        Assert.Empty(hello.To.Except);
        var flagged = Read<BroadcastRequest>("socket.io#/#", WithFlags);
        Assert.Equal(["room1", "room2"], flagged.To.Rooms);
        Assert.Equal(["x"], flagged.To.Except);
        Assert.Equal(EmitFlags.Volatile | EmitFlags.Uncompressed, flagged.Flags);
        var emitted = Read<BroadcastRequest>("socket.io#/#room1#", OfEmitter);
        Assert.Equal(("emitter", "fromEmitter"), (emitted.Sender, emitted.Name));
        Assert.Equal([0xff], emitted.Arguments.Binary(0).ToArray());
    }

    [Fact]
    public void A_broadcast_with_acknowledgements_has_the_captured_bytes_both_ways()
    {
        var asking = new BroadcastRequest("ask", EventArguments.From(["q"]), Recipients.All, EmitFlags.None) { Sender = "K4GmSr", RequestId = "Bdf8-s", Timeout = TimeSpan.FromMilliseconds(800) };
        Assert.Equal(("PUBLISH", "socket.io-request#/#", Asking), Sent(Protocol.Encode(asking)));
        var read = Read<BroadcastRequest>("socket.io-request#/#", Asking);
        Assert.Equal(("Bdf8-s", "ask", TimeSpan.FromMilliseconds(800)), (read.RequestId, read.Name, read.Timeout));
        Assert.Equal(("PUBLISH", "socket.io-response#/#", Acknowledging), Sent(Protocol.Encode(new ClientAnswer("Bdf8-s", EventArguments.From([new { yes = 1 }])), "K4GmSr")));
        Assert.Equal("""[{"yes":1}]""", Text(Read<ClientAnswer>("socket.io-response#/#", Acknowledging).Value));
        Assert.Equal("""{"type":8,"requestId":"Bdf8-s","clientCount":0}""", SentText(Protocol.Encode(new ClientCountAnswer("Bdf8-s", 0), "K4GmSr")));
    }

    [Fact]
    public void Requests_are_the_captured_JSON_both_ways()
    {
        const string Fetch = """{"uid":"K4GmSr","requestId":"9ExKcA","type":5,"opts":{"rooms":["room1"],"except":[]}}""";
        var room = new Recipients(["room1"], []);
        Assert.Equal(Fetch, SentText(Protocol.Encode(new SocketsRequest(room) { Sender = "K4GmSr", RequestId = "9ExKcA" })));
        Assert.Equal(["room1"], ReadText<SocketsRequest>("socket.io-request#/#", Fetch).To.Rooms);
        Assert.Equal("""{"uid":"K4GmSr","type":2,"opts":{"rooms":["room1"],"except":[]},"rooms":["r2"]}""", SentText(Protocol.Encode(new JoinRequest(room, ["r2"]) { Sender = "K4GmSr" })));
        Assert.Equal("""{"uid":"K4GmSr","type":3,"opts":{"rooms":["room1"],"except":[]},"rooms":["r2"]}""", SentText(Protocol.Encode(new LeaveRequest(room, ["r2"]) { Sender = "K4GmSr" })));
        Assert.Equal("""{"uid":"K4GmSr","type":4,"opts":{"rooms":["room1"],"except":[]},"close":true}""", SentText(Protocol.Encode(new DisconnectRequest(room, Close: true) { Sender = "K4GmSr" })));
        Assert.Equal("""{"uid":"K4GmSr","requestId":"i","type":6,"data":["add",1,{"b":2}]}""", SentText(Protocol.Encode(new ServerEventRequest("add", EventArguments.Parse("""[1,{"b":2}]"""u8.ToArray())) { Sender = "K4GmSr", RequestId = "i" })));
        var emitted = ReadText<JoinRequest>("socket.io-request#/#", """{"type":2,"opts":{"rooms":[7],"except":["x"]},"rooms":["r2",8]}""");
        Assert.Equal(("", "7", "x", "r2,8"), (emitted.Sender, emitted.To.Rooms.Single(), emitted.To.Except.Single(), string.Join(',', emitted.Rooms)));
        var event6 = ReadText<ServerEventRequest>("socket.io-request#/#", """{"uid":"emitter","type":6,"data":["news",1]}""");
        Assert.Equal(("news", "[1]", null), (event6.Name, Text(event6.Arguments), event6.RequestId));
    }

    [Fact]
    public void The_older_form_that_names_one_socket_is_read()
    {
        var join = ReadText<JoinRequest>("socket.io-request#/#", """{"requestId":"i","type":2,"sid":"s1","room":"r"}""");
        Assert.Equal(("s1", "r", "i"), (join.To.Rooms.Single(), join.Rooms.Single(), join.RequestId));
        Assert.True(ReadText<DisconnectRequest>("socket.io-request#/#", """{"requestId":"i","type":4,"sid":"s1","close":true}""").Close);
        Assert.Equal(["r"], ReadText<SocketIdsRequest>("socket.io-request#/#", """{"uid":"u","requestId":"i","type":0,"rooms":["r"]}""").To.Rooms);
        Assert.Equal("i", ReadText<RoomsRequest>("socket.io-request#/#", """{"uid":"u","requestId":"i","type":1}""").RequestId);
        Assert.Equal("""{"requestId":"i","rooms":["r"]}""", SentText(Protocol.Encode(new RoomsAnswer("i", ["r"]), "u")));
        Assert.Equal("""{"requestId":"i","sockets":["s"]}""", SentText(Protocol.Encode(new SocketIdsAnswer("i", ["s"]), "u")));
        Assert.Equal("""{"requestId":"i"}""", SentText(Protocol.Encode(new DoneAnswer("i"), "u")));
    }

    [Fact]
    public void Binary_makes_MessagePack_of_what_else_is_JSON()
    {
        var bytes = new byte[] { 1, 2 };
        var (_, channel, payload) = Sent(Protocol.Encode(new ServerEventRequest("e", EventArguments.From([bytes])) { Sender = "u" }));
        Assert.Equal(bytes, Read<ServerEventRequest>(channel, payload).Arguments.Binary(0).ToArray());
        (_, channel, payload) = Sent(Protocol.Encode(new ServerEventAnswer("i", EventArguments.From([bytes])), "u"));
        Assert.Equal(bytes, Read<ServerEventAnswer>(channel, payload).Value.Binary(0).ToArray());
    }

    [Fact]
    public void What_is_our_own_or_known_otherwise_is_left_out_and_nothing_else()
    {
        foreach (var (sender, isKnown) in new[]
        {
            (Mark.Self, true), (Mark.Copy, true), (new NodeMark("", "another").Copy, true), (new NodeMark("", "another").Self, false),
            (new NodeMark("else", "another").Copy, false), (new NodeMark(":", "another").Copy, false), ("emitter", false), ("arauto", false), ("Aabcde", false), ("", false),
        })
        {
            var (_, channel, payload) = Sent(Protocol.Encode(new BroadcastRequest("e", EventArguments.Empty, Recipients.All, EmitFlags.None) { Sender = sender }));
            Assert.True(Protocol.TryDecode(channel, Convert.FromHexString(payload), out var message));
            Assert.Equal(isKnown, message is null);
        }
    }

    [Fact]
    public void Other_namespaces_unknown_types_and_reserved_names_are_nothing_for_us()
    {
        var other = new ClassicProtocol("socket.io", "/other", Mark);
        Assert.True(other.TryDecode("socket.io#/other#", Convert.FromHexString(ToAll), out var message));
        Assert.Null(message);
        foreach (var text in new[] { """{"uid":"u","type":77}""", "{}", """{"uid":"u","type":"5"}""", """{"uid":"u","type":6,"data":[]}""" })
        {
            Assert.True(Protocol.TryDecode("socket.io-request#/#", Encoding.UTF8.GetBytes(text), out message));
            Assert.Null(message);
        }
        var (_, channel, payload) = Sent(Protocol.Encode(new BroadcastRequest("connect", EventArguments.Empty, Recipients.All, EmitFlags.None) { Sender = "u" }));
        Assert.True(Protocol.TryDecode(channel, Convert.FromHexString(payload), out message));
        Assert.Null(message);
    }

    [Fact]
    public void A_request_to_act_on_nobody_in_particular_is_refused_rather_than_done_to_everybody() =>
        Assert.False(Protocol.TryDecode("socket.io-request#/#", """{"uid":"u","type":4,"close":true}"""u8.ToArray(), out _));

    [Theory]
    [InlineData("""{"rooms":[null],"except":[]}""", false)]
    [InlineData("""{"rooms":[{},true],"except":[]}""", false)]
    [InlineData("""{"rooms":[],"except":[null]}""", true)]
    [InlineData("""{"rooms":null}""", true)]
    public void A_list_of_rooms_without_a_name_is_for_nobody_and_no_list_for_everybody(string options, bool isForAll)
    {
        var to = ReadText<DisconnectRequest>("socket.io-request#/#", $$"""{"uid":"u","type":4,"opts":{{options}},"close":true}""").To;
        Assert.Equal(isForAll, to.Rooms.Count == 0);
        Assert.All(to.Rooms.Concat(to.Except), room => Assert.Equal(Recipients.NoRoom, room));
        Assert.False(Protocol.TryDecode("socket.io-request#/#", """{"uid":"u","type":4,"opts":{"rooms":"r"},"close":true}"""u8.ToArray(), out _));
    }

    [Fact]
    public void Who_is_counted_hears_everything_else_already() => Assert.Equal(Protocol.CountedTopic, Protocol.Topics[^1]);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void The_depth_of_arguments_is_bounded_whatever_the_message_puts_around_them(int levels, bool isTaken)
    {
        var deep = $"{new string('[', levels)}{new string(']', levels)}";
        foreach (var packed in new[] { false, true })
        {
            var serverEvent = $$"""{"uid":"u","type":6,"data":["e",{{deep}}]}""";
            var bytes = Encoding.UTF8.GetBytes(serverEvent);
            Assert.Equal(isTaken, Protocol.TryDecode("socket.io-request#/#", packed ? new PeerText(bytes, []).ToMessagePack() : bytes, out _));
        }
        var broadcast = new PeerText(Encoding.UTF8.GetBytes($$"""["u",{"type":2,"data":["e",{{deep}}],"nsp":"/"},{"rooms":[]}]"""), []).ToMessagePack();
        Assert.Equal(isTaken, Protocol.TryDecode("socket.io#/#", broadcast, out _));
    }

    [Fact]
    public void Sockets_are_read_however_deep_the_notes_on_them_are()
    {
        var deep = $"{new string('[', 64)}{new string(']', 64)}";
        var answer = Encoding.UTF8.GetBytes($$$"""{"requestId":"i","sockets":[{"id":"s","rooms":[],"data":{"of":{"it":{{{deep}}} } } }]}""");
        foreach (var bytes in new[] { answer, new PeerText(answer, []).ToMessagePack() })
        {
            Assert.True(Protocol.TryDecode("socket.io-response#/#", bytes, out var message));
            Assert.Equal(deep, Assert.IsType<SocketsAnswer>(message).Sockets.Single().Data["of"].GetProperty("it").GetRawText());
        }
    }

    [Fact]
    public void Rooms_are_read_off_channels_and_patterns_match_no_other_namespace()
    {
        Assert.Equal("a#b", Protocol.RoomOf("socket.io#/#a#b#"));
        Assert.Null(Protocol.RoomOf("socket.io#/#"));
        Assert.Null(Protocol.RoomOf("socket.io-request#/#"));
        Assert.Contains(RedisTopic.Pattern(@"socket.io#/\[a\]\*\?\\#*"), new ClassicProtocol("socket.io", @"/[a]*?\", Mark).Topics);
    }

    [Fact]
    public void Bytes_that_are_changed_or_cut_hurt_nothing()
    {
        var random = Seed.CreateRandom();
        byte[][] sound = [.. new[] { ToAll, WithFlags, OfEmitter, Asking, Acknowledging }.Select(Convert.FromHexString), """{"uid":"K4GmSr","requestId":"9ExKcA","type":5,"opts":{"rooms":["room1"],"except":[]}}"""u8.ToArray(), """{"requestId":"i","sockets":[{"id":"s","handshake":{"headers":{"a":"b"},"issued":1,"query":{}},"rooms":["r"],"data":{"x":[1]}}]}"""u8.ToArray()];
        string[] channels = ["socket.io#/#", "socket.io#/#room1#", "socket.io-request#/#", "socket.io-response#/#", "else"];
        for (var round = 0; round < 8_000; round++)
        {
            var bytes = sound[random.Next(sound.Length)].ToArray();
            for (var change = random.Next(4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Protocol.TryDecode(channels[random.Next(channels.Length)], bytes.AsMemory(0, random.Next(bytes.Length + 1)), out _);
        }
    }

    private static (string Command, string Channel, string Payload) Sent(RedisCommand command) =>
        (command.Name, Encoding.UTF8.GetString(command.Args[0].Bytes.Span), Convert.ToHexStringLower(command.Args[1].Bytes.Span));

    private static string SentText(RedisCommand command) => Encoding.UTF8.GetString(command.Args[1].Bytes.Span);

    private static string Text(EventArguments arguments) => Encoding.UTF8.GetString(arguments.Json.Span);

    private static T ReadText<T>(string channel, string json) => Read<T>(channel, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(json)));

    private static T Read<T>(string channel, string hex)
    {
        Assert.True(Protocol.TryDecode(channel, Convert.FromHexString(hex), out var message));
        return Assert.IsAssignableFrom<T>(message);
    }
}
