using Arauto.Gateways;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo;

/// <summary>Rooms, and what is emitted to them.</summary>
public sealed class RoomTests
{
    private static readonly string[] Namespaces = ["/", "/other"];

    [Fact]
    public async Task A_room_reaches_its_members_and_a_broadcast_not_the_sender()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1");
        await using var bert = await JoinAsync(node, "bert", "r1");
        await using var carl = await JoinAsync(node, "carl", "r2");

        await anna.EmitAsync("to-others", "r1", "one");
        await anna.EmitAsync("to-room", "r1", "two");
        await anna.EmitAsync("to-room", "r2", "three");

        Assert.Equal("""["said","one"]""", (await bert.EventAsync()).ToJsonString());
        Assert.Equal("""["said","two"]""", (await bert.EventAsync()).ToJsonString());
        Assert.Equal("""["said","two"]""", (await anna.EventAsync()).ToJsonString());
        Assert.Equal("""["said","three"]""", (await carl.EventAsync()).ToJsonString());
    }

    [Fact]
    public async Task Who_is_in_two_rooms_gets_an_event_to_both_once()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1", "r2");
        await using var bert = await JoinAsync(node, "bert", "r2");
        var sockets = node.Get<SocketServer>();

        await sockets.To("r1").To("r2").EmitAsync("both", 1);
        await sockets.To("r1").To("r2").Except(bert.Sid).EmitAsync("both", 2);
        await sockets.EmitAsync("all", 3);

        foreach (var expected in new[] { """["both",1]""", """["both",2]""", """["all",3]""" }) Assert.Equal(expected, (await anna.EventAsync()).ToJsonString());
        foreach (var expected in new[] { """["both",1]""", """["all",3]""" }) Assert.Equal(expected, (await bert.EventAsync()).ToJsonString());
    }

    [Fact]
    public async Task An_event_may_have_so_many_rooms_and_takes_memory_in_proportion_to_them()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r4095");
        var rooms = node.Get<SocketServer>().Of("/");
        for (var i = 0; i < 4096; i++) rooms = rooms.To($"r{i}");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var emitted = rooms.Local.EmitAsync("many");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 16 * 1024 * 1024);
        await emitted;
        Assert.Equal("""["many",null]""", (await anna.EventAsync()).ToJsonString());
        var refused = await Assert.ThrowsAsync<EmitRefusedException>(() => rooms.To("one more").EmitAsync("many").AsTask());
        Assert.Equal(Arauto.Protocol.ErrorCode.TooLarge, refused.Code);
    }

    [Fact]
    public async Task An_event_may_have_a_million_bytes_whatever_they_are()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r");
        var room = node.Get<SocketServer>().To("r");

        await room.EmitAsync("binary", new byte[999_900]);
        Assert.StartsWith("""451-["binary",""", await anna.PacketAsync());
        Assert.Equal(999_900, (await anna.MessageAsync()).Binary!.Length);
        await room.EmitAsync("text", new string('x', 999_900), 1);
        Assert.Equal(999_900, ((string)(await anna.EventAsync())[1]!).Length);
        await Assert.ThrowsAsync<EmitRefusedException>(() => room.EmitAsync("binary", new byte[1_000_100]).AsTask());
        await Assert.ThrowsAsync<EmitRefusedException>(() => room.EmitWithAckAsync("binary", new byte[1_000_100]));
    }

    [Fact]
    public async Task A_room_with_a_rule_is_the_channel_of_that_name_for_everybody()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "public:lobby");
        await using var native = await node.ConnectAsync("nils");
        await native.SubscribeAsync("public:lobby");
        using var stream = await node.FollowAsync("stella", "public:lobby");

        await node.Get<SocketServer>().To("public:lobby").EmitAsync("greeting", new { text = "hi" }, 2);
        var heard = await native.ReceiveAsync("greeting");
        Assert.Equal("""{"text":"hi"}""", heard["data"]!.ToJsonString());
        Assert.Equal("""["greeting",{"text":"hi"},2]""", (await anna.EventAsync()).ToJsonString());
        Assert.Equal("""{"text":"hi"}""", (await stream.MessageAsync()).Json["data"]!.ToJsonString());
        using var http = node.Client("pola");
        var poll = await http.GetStringAsync($"/poll?channels=public:lobby&since={heard["cursor"]}&wait=0", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("greeting", poll);

        await native.PublishAsync("public:lobby", "hello", "answer");
        var answer = await anna.EventAsync();
        Assert.Equal(("answer", "hello", "public:lobby", "nils"), ((string)answer[0]!, (string)answer[1]!, (string)answer[2]!["channel"]!, (string)answer[2]!["from"]!));
    }

    [Fact]
    public async Task Rooms_of_the_same_name_in_two_namespaces_are_two()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "public:lobby");
        await using var bert = await SocketIoClient.ConnectAsync(node.Http, node.Token("bert"), "/other");
        await bert.AskAsync(1, "join", "public:lobby");
        var sockets = node.Get<SocketServer>();

        await sockets.Of("/other").To("public:lobby").EmitAsync("only", "other");
        await sockets.Of("/").To("public:lobby").EmitAsync("only", "root");

        Assert.Equal("""["only","root"]""", (await anna.EventAsync()).ToJsonString());
        Assert.Equal("""["only","other"]""", (await bert.EventAsync()).ToJsonString());
    }

    [Fact]
    public async Task A_volatile_event_leaves_the_offset_alone()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1");
        await node.Get<SocketServer>().To("r1").EmitAsync("kept", "a");
        await anna.EventAsync();
        var offset = anna.Offset;

        await node.Get<SocketServer>().To("r1").Volatile.EmitAsync("moved", "text");

        Assert.Equal("""["moved","text",null]""", (await anna.EventAsync()).ToJsonString());
        Assert.Equal(offset, anna.Offset);
    }

    [Fact]
    public async Task A_local_event_reaches_the_rooms_once_and_is_not_kept()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1", "r2");
        var sockets = node.Get<SocketServer>();

        await sockets.To("r1").To("r2").Local.EmitAsync("here", 1);
        await sockets.To("r1").EmitAsync("kept", 2);

        Assert.Equal("""["here",1]""", (await anna.EventAsync()).ToJsonString());
        Assert.Null(anna.Offset);
        Assert.Equal("""["kept",2]""", (await anna.EventAsync()).ToJsonString());
        Assert.NotNull(anna.Offset);
    }

    [Fact]
    public async Task An_event_that_a_channel_cannot_take_is_refused_with_the_reason()
    {
        await using var node = await StartAsync();
        var sockets = node.Get<SocketServer>();

        var word = await Assert.ThrowsAsync<EmitRefusedException>(() => sockets.To("public:lobby").EmitAsync("typing", 1).AsTask());
        Assert.Contains("\"typing\"", word.Message);
        var size = await Assert.ThrowsAsync<EmitRefusedException>(() => sockets.To("public:lobby").EmitAsync("big", new string('x', 70_000)).AsTask());
        Assert.Equal(Arauto.Protocol.ErrorCode.TooLarge, size.Code);
        await sockets.To("r1").EmitAsync("big", new string('x', 70_000));

        // Said to the client as well, if its event was the cause.
        await using var anna = await JoinAsync(node, "anna");
        Assert.Equal("too_large", (string)(await anna.AskAsync(9, "to-room", "public:lobby", new string('x', 70_000)))[0]!["error"]!["code"]!);
    }

    [Fact]
    public async Task Server_code_moves_and_finds_and_ends_sockets()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1");
        await using var bert = await JoinAsync(node, "bert", "r2");
        var all = node.Get<SocketServer>().Of("/");

        await all.In("r1").SocketsJoinAsync("r3");
        var found = Assert.Single(await all.In("r3").FetchSocketsAsync());
        Assert.Equal((anna.Sid, "anna"), (found.Id, found.User));
        Assert.Equal([anna.Sid, "r1", "r3"], found.Rooms.Order(StringComparer.Ordinal).OrderBy(room => room != anna.Sid));
        await all.In("r3").SocketsLeaveAsync("r3");
        Assert.Empty(await all.In("r3").FetchSocketsAsync());

        await all.Except("r1").DisconnectSocketsAsync();
        Assert.Equal("41", await bert.PacketAsync());
        Assert.Single(await all.FetchSocketsAsync());
    }

    [Theory]
    [InlineData(false, "41")]
    [InlineData(true, null)]
    public async Task What_was_emitted_before_the_end_comes_before_it(bool closeConnection, string? end)
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1");
        var all = node.Get<SocketServer>().Of("/");

        for (var i = 0; i < 20; i++) await all.EmitAsync("last", i);
        await all.DisconnectSocketsAsync(closeConnection);

        for (var i = 0; i < 20; i++) Assert.Equal(i, (int)(await anna.EventAsync())[1]!);
        Assert.Equal(end, await anna.TextAsync());
    }

    [Fact]
    public async Task Who_knocks_too_often_is_closed_and_nobody_else()
    {
        await using var node = await TestNode.StartAsync(options => (options.Limits.CommandsPerSecond, options.Limits.CommandBurst) = (10, 20), map: app => app.MapGateway("/"));
        await using var calm = await SocketIoClient.ConnectAsync(node.Http, node.Token("calm"));
        await using var wild = await SocketIoClient.OpenAsync(node.Http);
        for (var i = 0; i < 200; i++) await wild.SendAsync("40/nowhere,");

        var refusals = 0;
        while (await wild.TextAsync() is { } text) refusals += text.StartsWith("44/nowhere,", StringComparison.Ordinal) ? 1 : 0;

        Assert.InRange(refusals, 15, 199);
        await node.Get<SocketServer>().EmitAsync("still", "here");
        Assert.Equal("""["still","here"]""", (await calm.EventAsync()).ToJsonString());
    }

    [Fact]
    public async Task Acknowledgements_go_both_ways()
    {
        await using var node = await StartAsync();
        await using var anna = await JoinAsync(node, "anna", "r1");
        await using var bert = await JoinAsync(node, "bert", "r1");

        var asked = node.Get<SocketServer>().To("r1").Timeout(TimeSpan.FromSeconds(20)).EmitWithAckAsync("question", 1);
        foreach (var client in new[] { anna, bert })
        {
            Assert.Equal("""420["question",1]""", await client.PacketAsync());
            await client.SendAsync("430[42]");
        }
        Assert.Equal(["[42]", "[42]"], (await asked).Select(answer => System.Text.Encoding.UTF8.GetString(answer.Json.Span)));

        var late = await Assert.ThrowsAsync<AckTimeoutException>(() => node.Get<SocketServer>().To("r1").Timeout(TimeSpan.FromMilliseconds(50)).EmitWithAckAsync("question", 2));
        Assert.Equal((2, 0), (late.Missing, late.Answers.Count));
    }

    private static async Task<SocketIoClient> JoinAsync(TestNode node, string user, params string[] rooms)
    {
        var client = await SocketIoClient.ConnectAsync(node.Http, node.Token(user));
        for (var i = 0; i < rooms.Length; i++) Assert.Equal("""["ok"]""", (await client.AskAsync(i, "join", rooms[i])).ToJsonString());
        return client;
    }

    private static Task<TestNode> StartAsync() => TestNode.StartAsync(map: app =>
    {
        foreach (var ns in Namespaces)
        {
            app.MapGateway(ns)
                .On("join", async (Socket socket, string room) =>
                {
                    await socket.JoinAsync(room);
                    return "ok";
                })
                .On("to-room", (SocketServer sockets, string room, string text) => sockets.To(room).EmitAsync("said", text))
                .On("to-others", (Socket socket, string room, string text) => socket.To(room).EmitAsync("said", text));
        }
    });
}
