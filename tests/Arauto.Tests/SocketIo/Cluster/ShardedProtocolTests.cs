using System.Text;
using Arauto.Gateways;
using Arauto.Redis;
using Arauto.SocketIo;
using Arauto.SocketIo.Cluster;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>The messages of the sharded protocol, as captured between servers on Node.js.</summary>
public sealed class ShardedProtocolTests
{
    private const string Id = "abcdefghij0123456789";
    private const string Captured = """{"type":3,"data":{"packet":{"type":2,"data":["x",1]},"opts":{"rooms":["room1"],"except":[],"flags":{}}},"uid":"4bccadf679d349ce","nsp":"/"}""";

    private static readonly NodeMark Mark = new("", "abcdef");

    [Fact]
    public void A_captured_event_is_read()
    {
        Assert.True(Of(SocketSubscriptionMode.Dynamic).TryDecode("socket.io#/#room1#", Encoding.UTF8.GetBytes(Captured), out var message));
        var broadcast = Assert.IsType<BroadcastRequest>(message);
        Assert.Equal(("4bccadf679d349ce", "x", "[1]", "room1", null), (broadcast.Sender, broadcast.Name, Encoding.UTF8.GetString(broadcast.Arguments.Json.Span), broadcast.To.Rooms.Single(), broadcast.RequestId));
    }

    [Theory]
    [InlineData(SocketSubscriptionMode.Static, "room1", "socket.io#/#")]
    [InlineData(SocketSubscriptionMode.Static, Id, "socket.io#/#")]
    [InlineData(SocketSubscriptionMode.Dynamic, "room1", "socket.io#/#room1#")]
    [InlineData(SocketSubscriptionMode.Dynamic, Id, "socket.io#/#")]
    [InlineData(SocketSubscriptionMode.DynamicPrivate, "room1", "socket.io#/#room1#")]
    [InlineData(SocketSubscriptionMode.DynamicPrivate, Id, "socket.io#/#abcdefghij0123456789#")]
    public void An_event_to_one_room_goes_where_the_mode_says_and_members_listen_there(SocketSubscriptionMode mode, string room, string channel)
    {
        var protocol = Of(mode);
        var broadcast = new BroadcastRequest("e", EventArguments.Empty, new Recipients([room], []), EmitFlags.None) { Sender = "u" };
        Assert.Equal(("SPUBLISH", channel), (protocol.Encode(broadcast).Name, ChannelOf(protocol.Encode(broadcast))));
        Assert.Equal(channel == "socket.io#/#" ? null : RedisTopic.Sharded(channel), protocol.TopicOf(room));
        Assert.Equal(channel == "socket.io#/#" ? null : room, protocol.RoomOf(channel));
        Assert.Equal("socket.io#/#", ChannelOf(protocol.Encode(broadcast with { RequestId = "i" })));
        Assert.Equal("socket.io#/#", ChannelOf(protocol.Encode(broadcast with { To = new Recipients([room, "other"], []) })));
    }

    [Theory]
    [InlineData(SocketSubscriptionMode.Dynamic)]
    [InlineData(SocketSubscriptionMode.DynamicPrivate)]
    public void A_room_called_as_the_node_is_has_no_channel(SocketSubscriptionMode mode)
    {
        var protocol = Of(mode);
        Assert.Null(protocol.TopicOf(Mark.Self));
        Assert.Equal("socket.io#/#", ChannelOf(protocol.Encode(new BroadcastRequest("e", EventArguments.Empty, new Recipients([Mark.Self], []), EmitFlags.None) { Sender = "u" })));
    }

    [Fact]
    public void Who_is_counted_hears_everything_else_already() => Assert.Equal(Of(SocketSubscriptionMode.Dynamic).CountedTopic, Of(SocketSubscriptionMode.Dynamic).Topics[^1]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    [InlineData(77)]
    public void Types_that_have_no_data_are_nothing_for_us(int type)
    {
        Assert.True(Of(SocketSubscriptionMode.Dynamic).TryDecode("socket.io#/#", Encoding.UTF8.GetBytes($$"""{"type":{{type}},"uid":"4bccadf679d349ce","nsp":"/"}"""), out var message));
        Assert.Null(message);
    }

    [Fact]
    public void Every_message_is_read_as_it_was_written()
    {
        var protocol = Of(SocketSubscriptionMode.Dynamic);
        var to = new Recipients(["r"], ["x"]);
        var bytes = EventArguments.From([new byte[] { 1, 2 }, "text"]);
        ClusterRequest[] requests =
        [
            new BroadcastRequest("e", bytes, to, EmitFlags.Volatile) { RequestId = "i", Timeout = TimeSpan.FromSeconds(1) },
            new JoinRequest(to, ["a", "b"]), new LeaveRequest(to, ["a"]), new DisconnectRequest(to, Close: true),
            new SocketsRequest(to) { RequestId = "i" }, new ServerEventRequest("s", bytes) { RequestId = "i" },
        ];
        foreach (var request in requests)
        {
            var command = protocol.Encode(request with { Sender = "other" });
            Assert.True(protocol.TryDecode(ChannelOf(command), command.Args[1].Bytes, out var read));
            var back = Assert.IsAssignableFrom<ClusterRequest>(read);
            Assert.Equal((request.GetType(), "other", request.RequestId), (back.GetType(), back.Sender, back.RequestId));
            Assert.Equal(command.Args[1].Bytes.ToArray(), protocol.Encode(back).Args[1].Bytes.ToArray());
        }
        ClusterAnswer[] answers = [new SocketsAnswer("i", []), new ServerEventAnswer("i", bytes), new ClientCountAnswer("i", 3), new ClientAnswer("i", bytes)];
        var asker = new ShardedProtocol("socket.io", "/", SocketSubscriptionMode.Dynamic, new NodeMark("", "asker!"));
        foreach (var answer in answers)
        {
            var command = protocol.Encode(answer, "arauto::asker!");
            Assert.Equal("socket.io#/#arauto::asker!#", ChannelOf(command));
            Assert.True(asker.TryDecode(ChannelOf(command), command.Args[1].Bytes, out var read));
            Assert.Equal((answer.GetType(), "i"), (read!.GetType(), ((ClusterAnswer)read).RequestId));
        }
    }

    [Fact]
    public void Binary_in_the_data_of_a_socket_becomes_base64_text()
    {
        var answer = new PeerText("""{"type":8,"uid":"4bccadf679d349ce","nsp":"/","data":{"requestId":"i","sockets":[{"id":"a","data":{"n":1}},{"id":"b","data":{"key":{"_placeholder":true,"num":0},"in":[{"_placeholder":true,"num":1}]}}]}}"""u8.ToArray(), [new byte[] { 1, 2 }, new byte[] { 255 }]);
        Assert.True(Of(SocketSubscriptionMode.Dynamic).TryDecode("socket.io#/#arauto::abcdef#", answer.ToMessagePack(), out var message));
        var sockets = Assert.IsType<SocketsAnswer>(message).Sockets;
        Assert.Equal("1", sockets[0].Data["n"].GetRawText());
        Assert.Equal([1, 2], sockets[1].Data["key"].GetBytesFromBase64());
        Assert.Equal([255], sockets[1].Data["in"][0].GetBytesFromBase64());
    }

    [Fact]
    public void Text_is_sent_as_JSON_with_flags_and_binary_as_MessagePack()
    {
        var protocol = Of(SocketSubscriptionMode.Static);
        var text = protocol.Encode(new JoinRequest(Recipients.All, ["a"]) { Sender = "u" });
        Assert.Equal("""{"type":4,"uid":"u","nsp":"/","data":{"opts":{"rooms":[],"except":[],"flags":{}},"rooms":["a"]}}""", Encoding.UTF8.GetString(text.Args[1].Bytes.Span));
        Assert.Equal(0x84, protocol.Encode(new BroadcastRequest("e", EventArguments.From([new byte[] { 1 }]), Recipients.All, EmitFlags.None) { Sender = "u" }).Args[1].Bytes.Span[0]);
    }

    [Fact]
    public void Bytes_that_are_changed_or_cut_hurt_nothing()
    {
        var random = Seed.CreateRandom();
        var protocol = Of(SocketSubscriptionMode.Dynamic);
        byte[][] sound = [Encoding.UTF8.GetBytes(Captured), Convert.FromHexString("84a4747970650ba46461746182a9726571756573744964b031393232333232613035653865366638ab636c69656e74436f756e7401a3756964b065346131313461623661393436356232a36e7370a12f")];
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = sound[random.Next(sound.Length)].ToArray();
            for (var change = random.Next(4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            protocol.TryDecode("socket.io#/#", bytes.AsMemory(0, random.Next(bytes.Length + 1)), out _);
        }
    }

    private static ShardedProtocol Of(SocketSubscriptionMode mode) => new("socket.io", "/", mode, Mark);

    private static string ChannelOf(RedisCommand command) => Encoding.UTF8.GetString(command.Args[0].Bytes.Span);
}
