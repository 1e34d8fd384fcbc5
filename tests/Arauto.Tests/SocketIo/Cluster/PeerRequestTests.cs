using System.Text.Json.Nodes;
using Arauto.Gateways;
using Arauto.Redis;
using Arauto.SocketIo;
using Arauto.SocketIo.Cluster;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>What other servers ask for, as they write it on Redis, is done and answered.</summary>
public sealed class PeerRequestTests
{
    private const string Requests = "socket.io-request#/#";
    private const string Answers = "socket.io-response#/#";
    private static readonly ClassicProtocol Peer = new("socket.io", "/", new NodeMark("", "peer01"));

    [Fact]
    public async Task Ids_of_sockets_and_names_of_rooms_are_answered()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);
        await using var spy = redis.CreateClient();
        var answers = await ListenAsync(spy, Answers);
        var sid = members.Clients[0].Sid;
        await members.Clients[0].AskAsync(1, "join", "r");

        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","requestId":"a","type":0,"rooms":["r"]}""");
        Assert.Equal($$"""{"requestId":"a","sockets":["{{sid}}"]}""", await AnswerAsync(answers, "a"));
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","requestId":"b","type":0,"rooms":["nobody"]}""");
        Assert.Equal("""{"requestId":"b","sockets":[]}""", await AnswerAsync(answers, "b"));
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","requestId":"c","type":0,"rooms":[null]}""");
        Assert.Equal("""{"requestId":"c","sockets":[]}""", await AnswerAsync(answers, "c"));
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","requestId":"d","type":1}""");
        var rooms = JsonNode.Parse(await AnswerAsync(answers, "d"))!["rooms"]!.AsArray().Select(room => (string)room!);
        Assert.Equal(new[] { "r", sid }.Order(StringComparer.Ordinal), rooms.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_older_form_that_names_one_socket_is_carried_out_and_confirmed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic);
        await using var spy = redis.CreateClient();
        var answers = await ListenAsync(spy, Answers);
        var (server, sid) = (members.Server(0), members.Clients[0].Sid);

        await redis.CommandAsync("PUBLISH", Requests, $$"""{"requestId":"a","type":2,"sid":"{{sid}}","room":"r"}""");
        Assert.Equal("""{"requestId":"a"}""", await AnswerAsync(answers, "a"));
        Assert.Equal(sid, (await server.To("r").Local.FetchSocketsAsync()).Single().Id);
        await redis.CommandAsync("PUBLISH", Requests, $$"""{"requestId":"b","type":3,"sid":"{{sid}}","room":"r"}""");
        Assert.Equal("""{"requestId":"b"}""", await AnswerAsync(answers, "b"));
        Assert.Empty(await server.To("r").Local.FetchSocketsAsync());
        await redis.CommandAsync("PUBLISH", Requests, $$"""{"requestId":"c","type":4,"sid":"{{sid}}"}""");
        Assert.Equal("""{"requestId":"c"}""", await AnswerAsync(answers, "c"));
        Assert.Equal("41", await members.Clients[0].PacketAsync());
        Assert.Equal(members.Clients[1].Sid, (await server.Of("/").FetchSocketsAsync()).Single().Id);
    }

    [Fact]
    public async Task A_request_for_nobody_is_done_to_nobody()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);

        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","type":4,"opts":{"rooms":[null],"except":[]},"close":true}""");
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","type":2,"opts":{"rooms":[null],"except":[]},"rooms":["r"]}""");
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","type":2,"opts":{"rooms":[],"except":[]},"rooms":["behind"]}""");

        await Eventually.TrueAsync("the last request is carried out", async () => (await members.Server(0).To("behind").FetchSocketsAsync()).Count == 1);
        Assert.Empty(await members.Server(0).To("r").FetchSocketsAsync());
    }

    [Fact]
    public async Task What_cannot_be_a_room_keeps_nobody_from_the_others()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);
        using var lines = members.Log(0);

        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","type":2,"opts":{"rooms":[],"except":[]},"rooms":["","r"]}""");
        await Eventually.TrueAsync("it is in the room", async () => (await members.Server(0).To("r").FetchSocketsAsync()).Count == 1);
        await lines.HasOneAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("is not carried out", StringComparison.Ordinal));
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","type":3,"opts":{"rooms":[],"except":[]},"rooms":["","r"]}""");
        await Eventually.TrueAsync("it is out of the room", async () => (await members.Server(0).To("r").FetchSocketsAsync()).Count == 0);
    }

    [Fact]
    public async Task Server_events_beyond_the_bound_are_dropped_and_nothing_else_waits_for_their_handlers()
    {
        await using var redis = await RedisServer.StartAsync();
        var (begun, go) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic, map: gateway => gateway.OnServerEvent("hang", async () =>
        {
            Interlocked.Increment(ref begun);
            await go.Task;
        }));
        using var lines = members.Log(0);

        for (var i = 0; i < 130; i++) await redis.CommandAsync("PUBLISH", Requests, """{"uid":"emitter","type":6,"data":["hang"]}""");

        await Eventually.TrueAsync("as many run as may", () => Volatile.Read(ref begun) == 2 * 128);
        foreach (var node in new[] { 0, 1 }) Assert.Equal(2, (await members.Server(node).Of("/").FetchSocketsAsync()).Count);
        await lines.HasAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("128 server events", StringComparison.Ordinal));
        go.SetResult();
        await Eventually.TrueAsync("they are handled again", async () =>
        {
            try
            {
                return (await members.Server(0).ServerSideEmitWithAckAsync("/", "who", "hi")).Count == 2;
            }
            catch (AckTimeoutException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Events_may_have_as_much_binary_as_they_may_have_text_and_what_is_left_out_is_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);
        await using var spy = redis.CreateClient();
        var answers = await ListenAsync(spy, Answers);
        using var lines = members.Log(0);
        var client = members.Clients[0];

        await PublishAsync(redis, new BroadcastRequest("large", EventArguments.From([new byte[1_000_100]]), Recipients.All, EmitFlags.None));
        await PublishAsync(redis, new BroadcastRequest("large", EventArguments.From([new byte[1_000_100]]), Recipients.All, EmitFlags.None) { RequestId = "a" });
        Assert.Equal("""{"type":8,"requestId":"a","clientCount":0}""", await AnswerAsync(answers, "a"));
        await PublishAsync(redis, new BroadcastRequest("fits", EventArguments.From([new byte[999_900]]), Recipients.All, EmitFlags.None));
        Assert.StartsWith("""451-["fits",""", await client.PacketAsync());
        Assert.Equal(999_900, (await client.MessageAsync()).Binary!.Length);
        await lines.HasOneAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("at most 1000000 are taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clients_are_not_waited_for_longer_than_ten_minutes_on_anothers_behalf()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var client = redis.CreateClient();
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var node = await TestNode.StartAsync(time: time, map: app => app.MapGateway("/"));
        await using var socket = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        Assert.True(node.Get<SocketNamespaces>().TryGet("/", out var ns));
        var mark = new NodeMark("", "node01");
        using var cluster = new SocketCluster(ns, new ClassicProtocol("socket.io", "/", mark), mark, client, new SocketClusterOptions { Adapter = SocketAdapter.Classic }, NullLogger.Instance);

        var request = new BroadcastRequest("question", EventArguments.Empty, Recipients.All, EmitFlags.None) { Sender = "peer01", RequestId = "a", Timeout = TimeSpan.FromDays(24) };
        cluster.OnMessage(Requests, Peer.Encode(request).Args[1].Bytes);

        Assert.Equal("""420["question"]""", await socket.PacketAsync());
        await Eventually.TrueAsync("the round ends then", () => time.IsDueIn(TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task An_event_to_more_rooms_than_a_message_can_name_is_left_out_and_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);
        using var lines = members.Log(0);
        await members.Clients[0].AskAsync(1, "join", "r0");
        IReadOnlyList<string> RoomsTo(int count) => [.. Enumerable.Range(0, count).Select(i => $"r{i}")];

        await PublishAsync(redis, new BroadcastRequest("many", EventArguments.Empty, new Recipients(RoomsTo(4097), []), EmitFlags.None));
        await PublishAsync(redis, new BroadcastRequest("fits", EventArguments.Empty, new Recipients(RoomsTo(4096), []), EmitFlags.None));

        Assert.Equal(["""["fits"]"""], await members.HearAsync(0));
        await lines.HasOneAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("4097 rooms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flood_of_rubbish_is_one_line_in_the_log()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);
        using var lines = members.Log(0);

        for (var i = 0; i < 50; i++) await redis.CommandAsync("PUBLISH", Requests, "rubbish");
        await redis.CommandAsync("PUBLISH", Requests, """{"uid":"peer01","type":2,"opts":{"rooms":[],"except":[]},"rooms":["behind"]}""");

        await Eventually.TrueAsync("the last is carried out", async () => (await members.Server(0).To("behind").FetchSocketsAsync()).Count == 1);
        await lines.HasOneAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("none of Socket.IO's", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SocketAdapter.Classic)]
    [InlineData(SocketAdapter.Sharded)]
    public async Task Servers_with_another_key_are_another_cluster(SocketAdapter adapter)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.Url, redis.Url], adapter, options => options.SocketCluster.Key = "other");
        await using var strangers = await Members.StartAsync([redis.Url + "/strangers"], adapter);
        IClusterProtocol protocol = adapter == SocketAdapter.Classic
            ? new ClassicProtocol("other", "/", new NodeMark("", "peer01"))
            : new ShardedProtocol("other", "/", SocketSubscriptionMode.Dynamic, new NodeMark("", "peer01"));

        var command = protocol.Encode(new BroadcastRequest("theirs", EventArguments.From([1]), Recipients.All, EmitFlags.None) { Sender = "peer01" });
        await redis.CommandAsync(command.Name, command.Args);
        Assert.Equal(["""["theirs",1]""", """["theirs",1]"""], await members.HearAsync(0, 1));
        await members.Server(0).EmitAsync("ours", 2);
        Assert.Equal(["""["ours",2]""", """["ours",2]"""], await members.HearAsync(0, 1));

        Assert.Single(await strangers.Server(0).Of("/").FetchSocketsAsync());
        await strangers.Server(0).EmitAsync("own", 3);
        Assert.Equal(["""["own",3]"""], await strangers.HearAsync(0));
    }

    [Fact]
    public async Task A_client_that_recovers_does_not_take_the_last_text_of_a_peers_event_for_its_place()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Redis = redis.NodeUrl;
                options.SocketCluster.Adapter = SocketAdapter.Classic;
            },
            map: app => app.MapGateway("/"));
        var client = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        await using var first = client;
        await node.Get<SocketServer>().EmitAsync("ours", 1);
        await client.EventAsync();
        await Eventually.TrueAsync("the node is in the cluster", async () => (await redis.CommandAsync("PUBSUB", "NUMSUB", Requests)).Items[1].AsInteger() == 1);

        await PublishAsync(redis, new BroadcastRequest("theirs", EventArguments.From(["text"]), Recipients.All, EmitFlags.None));
        Assert.Equal("""["theirs","text",null]""", (await client.EventAsync()).ToJsonString());
        await PublishAsync(redis, new BroadcastRequest("theirs", EventArguments.Empty, Recipients.All, EmitFlags.None));
        Assert.Equal("""["theirs",null]""", (await client.EventAsync()).ToJsonString());
        await PublishAsync(redis, new BroadcastRequest("theirs", EventArguments.From(["text", 1]), Recipients.All, EmitFlags.None));
        Assert.Equal("""["theirs","text",1]""", (await client.EventAsync()).ToJsonString());

        client.Abort();
        await using var again = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: client);
        Assert.Equal((client.Sid, client.RecoveryId), (again.Sid, again.RecoveryId));
    }

    private static async Task PublishAsync(RedisServer redis, BroadcastRequest request)
    {
        var command = Peer.Encode(request with { Sender = "peer01" });
        await redis.CommandAsync(command.Name, command.Args);
    }

    private static async Task<RecordingTopic> ListenAsync(RedisClient spy, string channel)
    {
        var heard = new RecordingTopic();
        spy.Subscribe(RedisTopic.Exact(channel), heard);
        await Eventually.TrueAsync("the spy listens", () => spy.IsSubscribed(RedisTopic.Exact(channel)));
        return heard;
    }

    private static async Task<string> AnswerAsync(RecordingTopic answers, string requestId)
    {
        string? answer = null;
        await Eventually.TrueAsync($"{requestId} is answered", () => (answer = answers.Messages.Select(message => message.Payload).FirstOrDefault(payload => payload.Contains($"\"requestId\":\"{requestId}\"", StringComparison.Ordinal))) is not null);
        return answer!;
    }
}
