using System.Text.Json;
using Arauto.Backplanes.Redis;
using Arauto.Gateways;
using Arauto.Redis;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>Our own nodes as one cluster of Socket.IO, in each way they can talk. With servers on Node.js: tests/foreign/javascript/cluster.test.js.</summary>
public sealed class SocketClusterTests
{
    private static readonly int[] All = [0, 1, 2];

    [Theory]
    [InlineData(SocketAdapter.Off, false)]
    [InlineData(SocketAdapter.Classic, false)]
    [InlineData(SocketAdapter.Sharded, false)]
    [InlineData(SocketAdapter.Off, true)]
    [InlineData(SocketAdapter.Classic, true)]
    [InlineData(SocketAdapter.Sharded, true)]
    public async Task What_the_code_of_one_node_does_to_sockets_it_does_on_all(SocketAdapter adapter, bool isRedisCluster)
    {
        await using var redis = isRedisCluster ? null : await RedisServer.StartAsync();
        await using var set = isRedisCluster ? await ClusterSet.StartAsync() : null;
        var url = redis?.NodeUrl ?? set!.Url;
        await using var members = await Members.StartAsync([url, url, url], adapter);
        var server = members.Server(0);
        var ids = members.Clients.Select(client => client.Sid).ToArray();

        await server.EmitAsync("all", 1);
        Assert.Equal(Enumerable.Repeat("""["all",1]""", 3), await members.HearAsync(All));

        await server.To(ids[1]).To(ids[2]).SocketsJoinAsync("r");
        await Eventually.TrueAsync("two are in the room", async () => (await server.To("r").FetchSocketsAsync()).Count == 2);
        await server.To("r").EmitAsync("room", new { two = 2 });
        Assert.Equal(Enumerable.Repeat("""["room",{"two":2}]""", 2), await members.HearAsync(1, 2));
        // A volatile event is lost for a node that has only just begun to listen.
        foreach (var node in members.Nodes.Skip(1)) await Eventually.TrueAsync("the node hears the room", () => Hears(node, "io:/:r"));
        await server.To("r").Except(ids[1]).Volatile.EmitAsync("moved");
        await server.To("r").Volatile.EmitAsync("last");
        Assert.Equal(["""["last"]""", """["moved"]""", """["last"]"""], await members.HearAsync(1, 2, 2));

        await members.Clients[1].AskAsync(1, "note", 7);
        var found = (await server.To("r").FetchSocketsAsync()).Single(socket => socket.Id == ids[1]);
        Assert.Equal(("user1", 7, "127.0.0.1"), (found.User, ((JsonElement)found.Data["note"]!).GetInt32(), found.Handshake.Address));
        Assert.Equal(["r", ids[1]], found.Rooms.Order(StringComparer.Ordinal).OrderBy(room => room.Length));
        await found.EmitAsync("you");
        Assert.Equal(["""["you"]"""], await members.HearAsync(1));

        var asked = server.Of("/").Timeout(TimeSpan.FromSeconds(10)).EmitWithAckAsync("question", "q");
        foreach (var client in members.Clients)
        {
            Assert.EndsWith("""["question","q"]""", await client.PacketAsync());
            await client.SendAsync($"430[\"{client.Sid}\"]");
        }
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await asked).Select(answer => answer[0].GetString()!).Order(StringComparer.Ordinal));
        var late = await Assert.ThrowsAsync<AckTimeoutException>(() => server.To("r").Timeout(TimeSpan.FromMilliseconds(100)).EmitWithAckAsync("question"));
        Assert.Equal((0, 2), (late.Answers.Count, late.Missing));
        foreach (var client in members.Clients.Skip(1)) await client.PacketAsync();

        var answers = (await server.ServerSideEmitWithAckAsync("/", "who", "hi")).Select(answer => answer[0].GetString()!).ToArray();
        Assert.Equal("hi node0", answers[0]);
        Assert.Equal(["hi node1", "hi node2"], answers.Skip(1).Order(StringComparer.Ordinal));

        await server.To(ids[1]).SocketsLeaveAsync("r");
        await Eventually.TrueAsync("one is in the room", async () => (await server.To("r").FetchSocketsAsync()).Count == 1);
        await server.To("r").DisconnectSocketsAsync();
        Assert.Equal("41", await members.Clients[2].PacketAsync());
        await Eventually.TrueAsync("two are left", async () => (await server.Of("/").FetchSocketsAsync()).Count == 2);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_missed_and_the_others_are_found()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic, options => options.SocketCluster.RequestsTimeoutSeconds = 5);
        await using var deaf = redis.CreateClient();
        var topic = RedisTopic.Exact("socket.io-request#/#");
        deaf.Subscribe(topic, new RecordingTopic());
        await Eventually.TrueAsync("a third server seems to be there", () => deaf.IsSubscribed(topic));

        var late = await Assert.ThrowsAsync<ClusterTimeoutException>(() => members.Server(0).Of("/").FetchSocketsAsync());
        Assert.Equal((1, 2, 5), (late.Missing, late.Sockets.Count, (int)late.Timeout.TotalSeconds));
        var unanswered = await Assert.ThrowsAsync<AckTimeoutException>(() => members.Server(0).ServerSideEmitWithAckAsync("/", "who", "hi"));
        Assert.Equal((1, 2), (unanswered.Missing, unanswered.Answers.Count));
    }

    [Theory]
    [InlineData(SocketAdapter.Classic)]
    [InlineData(SocketAdapter.Sharded)]
    public async Task Server_events_whose_handlers_ask_each_other_are_all_answered(SocketAdapter adapter)
    {
        await using var redis = await RedisServer.StartAsync();
        using var begun = new CountdownEvent(4);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], adapter, map: gateway => gateway.OnServerEvent("meet", async (SocketServer server) =>
        {
            // On each node one is run for itself and one for the other; none asks before all are under way.
            if (begun.Signal()) all.SetResult();
            await all.Task;
            return (await server.ServerSideEmitWithAckAsync("/", "who", "hi")).Count;
        }));

        var asked = Enumerable.Range(0, 2).Select(node => members.Server(node).ServerSideEmitWithAckAsync("/", "meet")).ToArray();

        foreach (var answers in await Task.WhenAll(asked)) Assert.Equal([2, 2], answers.Select(answer => answer.Get<int>(0)));
    }

    [Theory]
    [InlineData(SocketAdapter.Classic)]
    [InlineData(SocketAdapter.Sharded)]
    public async Task Answers_do_not_wait_behind_a_request_that_takes_its_time(SocketAdapter adapter)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], adapter);
        using (await LaneBlock.HoldAsync(members.Nodes[0]))
        {
            // Joining waits for the lane, and what others want of the node waits behind.
            await members.Server(1).To(members.Clients[0].Sid).SocketsJoinAsync("r");
            Assert.Equal(2, (await members.Server(0).Of("/").FetchSocketsAsync()).Count);
        }
        await Eventually.TrueAsync("it is in the room", async () => (await members.Server(1).To("r").FetchSocketsAsync()).Count == 1);
    }

    [Fact]
    public async Task A_client_cannot_make_its_node_deaf_by_a_room_called_as_the_node_is()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Sharded);
        var channels = (await redis.CommandAsync("PUBSUB", "SHARDCHANNELS", "socket.io#/#arauto*")).Items.ToArray().Select(channel => channel.AsString()!);
        foreach (var room in channels.Select(channel => channel["socket.io#/#".Length..^1]))
        {
            await members.Clients[0].AskAsync(1, "join", room);
            await members.Server(0).To(members.Clients[0].Sid).SocketsLeaveAsync(room);
        }

        Assert.Equal(2, (await members.Server(0).Of("/").FetchSocketsAsync()).Count);
    }

    [Fact]
    public async Task A_socket_at_its_limit_keeps_no_other_from_the_room()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic, maxRooms: 2);
        await members.Clients[0].AskAsync(1, "join", "full");

        await Assert.ThrowsAsync<InvalidOperationException>(() => members.Server(0).Of("/").SocketsJoinAsync("r").AsTask());

        await Eventually.TrueAsync("the other is in the room", async () => (await members.Server(0).To("r").FetchSocketsAsync()).Count == 1);
    }

    [Fact]
    public async Task A_list_of_sockets_that_is_too_large_is_missed_and_the_log_says_why()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic, options => options.SocketCluster.RequestsTimeoutSeconds = 2, map: gateway =>
            gateway.On("grow", (Socket socket) => { socket.Data["all"] = new string('x', 17 * 1024 * 1024); }));
        using var lines = members.Log(1);
        await members.Clients[1].AskAsync(1, "grow");

        var late = await Assert.ThrowsAsync<ClusterTimeoutException>(() => members.Server(0).Of("/").FetchSocketsAsync());

        Assert.Equal((1, 1), (late.Missing, late.Sockets.Count));
        await lines.HasAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("the answer, SocketsAnswer, has 1782", StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<EmitRefusedException>(() => members.Server(0).ServerSideEmitAsync("/", "who", new string('x', 17 * 1024 * 1024)).AsTask());
        Assert.Equal(Arauto.Protocol.ErrorCode.TooLarge, refused.Code);
    }

    [Theory]
    [InlineData(SocketAdapter.Off)]
    [InlineData(SocketAdapter.Classic)]
    [InlineData(SocketAdapter.Sharded)]
    public async Task No_secret_of_a_handshake_goes_through_Redis(SocketAdapter adapter)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], adapter);
        var all = new RecordingTopic();
        await using var spy = redis.CreateClient();
        spy.Subscribe(RedisTopic.Pattern("*"), all);
        // Patterns do not hear what is sharded, where answers go to the channel of who asked. Whoever hears the main channel counts as a server.
        var own = new RecordingTopic();
        var channels = (await redis.CommandAsync("PUBSUB", "SHARDCHANNELS")).Items.ToArray().Select(channel => channel.AsString()!);
        RedisTopic[] sharded = [.. channels.Where(channel => channel != "socket.io#/#").Select(RedisTopic.Sharded)];
        foreach (var topic in sharded) spy.Subscribe(topic, own);
        await Eventually.TrueAsync("the spy listens", () => sharded.Append(RedisTopic.Pattern("*")).All(spy.IsSubscribed));

        var sockets = members.Server(0).Of("/").FetchSocketsAsync();
        var found = (await sockets).Single(socket => socket.User == "user1");

        await Eventually.TrueAsync("the spy has the answer", () => Heard().Contains(members.Clients[1].Sid, StringComparison.Ordinal));
        var heard = Heard();
        Assert.DoesNotContain("hush", heard);
        Assert.DoesNotContain(members.Nodes[1].Token("user1")[..20], heard);
        Assert.Equal("{}", found.Handshake.Auth.GetRawText());
        Assert.Equal(["EIO", "transport"], found.Handshake.Query.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("/socket.io/?EIO=4&transport=websocket", found.Handshake.Url);

        string Heard() => string.Join('\n', all.Messages.Concat(own.Messages).Select(message => message.Payload));
    }

    [Fact]
    public async Task Rubbish_on_the_channels_hurts_nobody()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic);
        var random = Seed.CreateRandom();
        string[] channels = ["socket.io#/#", "socket.io#/#r#", "socket.io-request#/#", "socket.io-response#/#"];
        byte[][] beginnings = ["{\"uid\":\"x\",\"type\":"u8.ToArray(), [0x93, 0xa1, (byte)'x'], []];
        for (var i = 0; i < 300; i++)
        {
            var rest = new byte[random.Next(200)];
            random.NextBytes(rest);
            await redis.CommandAsync("PUBLISH", channels[random.Next(channels.Length)], (byte[])[.. beginnings[random.Next(beginnings.Length)], .. rest]);
        }

        Assert.Equal(2, (await members.Server(0).Of("/").FetchSocketsAsync()).Count);
        await redis.CommandAsync("PUBLISH", "socket.io#/#", Convert.FromHexString("93a7656d697474657283a47479706502a46461746192ab66726f6d456d6974746572c401ffa36e7370a12f83a5726f6f6d7390a5666c61677380a665786365707490"));
        foreach (var client in members.Clients) Assert.StartsWith("451-", await client.PacketAsync());
    }

    [Fact]
    public async Task With_the_sharded_adapter_a_node_hears_the_rooms_that_somebody_on_it_is_in()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Sharded);
        Assert.Equal(0, await HearersAsync());
        foreach (var client in members.Clients) await client.AskAsync(1, "join", "r");
        await Eventually.TrueAsync("both hear it", async () => await HearersAsync() == 2);
        await members.Server(0).To(members.Clients[0].Sid).SocketsLeaveAsync("r");
        await Eventually.TrueAsync("one hears it", async () => await HearersAsync() == 1);
        members.Clients[1].Abort();
        await Eventually.TrueAsync("nobody hears it", async () => await HearersAsync() == 0);

        async ValueTask<long> HearersAsync() => (await redis.CommandAsync("PUBSUB", "SHARDNUMSUB", "socket.io#/#r#")).Items[1].AsInteger();
    }

    [Fact]
    public async Task Nodes_of_another_cluster_of_ours_are_told_as_strangers_are()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.Url + "/one", redis.Url + "/two"], SocketAdapter.Classic);

        await members.Server(0).EmitAsync("over", 1);
        await members.Server(1).EmitAsync("back", 2);

        foreach (var client in members.Clients)
        {
            string[] heard = [(await client.EventAsync()).ToJsonString(), (await client.EventAsync()).ToJsonString()];
            Assert.Equal(["""["back",2]""", """["over",1]"""], heard.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void An_adapter_without_Redis_is_a_fault_of_the_configuration()
    {
        var options = new Arauto.Options.ArautoOptions();
        options.SocketCluster.Adapter = SocketAdapter.Classic;
        Assert.Contains(Arauto.Options.OptionsValidation.FindProblems(options), problem => problem.Key == "socketio.adapter");
    }

    private static bool Hears(TestNode node, string channel)
    {
        var redis = node.Get<IRedis>();
        return redis.IsSubscribed(RedisNames.Topic(redis, node.Get<RedisNames>().Hints(channel)));
    }
}
