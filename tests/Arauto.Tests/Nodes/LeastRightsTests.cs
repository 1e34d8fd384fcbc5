using Arauto.Gateways;
using Arauto.Redis;
using Arauto.Tests.Connections;
using Arauto.Tests.SocketIo.Cluster;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>The user of Redis that docs/scaling.md describes is enough. All tests with <see cref="TestCluster"/> run as it; here Redis is asked whether it refused anything.</summary>
public sealed class LeastRightsTests
{
    [Fact]
    public async Task Redis_refuses_nothing_that_nodes_ask_for()
    {
        await using var cluster = await TestCluster.StartAsync(2, options => options.Limits.ConnectionsPerUser = 3);
        await using var anna = await cluster[0].ConnectAsync("anna");
        await using var bob = await cluster[1].ConnectAsync("bob");
        foreach (var client in (WireClient[])[anna, bob]) (await client.SubscribeAsync("public:a")).IsReply();
        var published = (await anna.AskAsync(new { type = "publish", channel = "public:a", @event = "chat", data = 1, key = "k" })).IsReply();
        Assert.Equal((string?)published["message"], (string?)(await bob.ReceiveAsync("chat"))["id"]);
        (await bob.AskAsync(new { type = "history", channel = "public:a" })).IsReply();
        (await bob.AskAsync(new { type = "receipt", channel = "public:a", offset = 1, status = "read" })).IsReply();
        (await bob.AskAsync(new { type = "presence", channel = "public:a" })).IsReply();
        await Eventually.TrueAsync("what other programs publish is taken", async () =>
        {
            await cluster.Redis.CommandAsync("PUBLISH", "user:bob", """{"type":"tick","data":1}""");
            return (await bob.DrainAsync()).Any(frame => frame.Type() == "tick");
        });

        await HasRefusedNothingAsync(cluster.Redis);
    }

    [Theory]
    [InlineData(SocketAdapter.Off)]
    [InlineData(SocketAdapter.Classic)]
    [InlineData(SocketAdapter.Sharded)]
    public async Task Redis_refuses_nothing_that_namespaces_of_Socket_IO_ask_for(SocketAdapter adapter)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], adapter);
        foreach (var client in members.Clients) await client.AskAsync(1, "join", "r");
        await members.Server(0).To("r").EmitAsync("news");
        foreach (var client in new[] { 0, 1 }) Assert.Equal(["""["news"]"""], await members.HearAsync(client));
        Assert.Equal(2, (await members.Server(0).ServerSideEmitWithAckAsync("/", "who", "hi")).Count);

        await HasRefusedNothingAsync(redis);
    }

    [Fact]
    public async Task That_user_may_not_do_more()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = RedisServer.Connect(server.NodeUrl);
        string[][] forbidden = [["GET", "other"], ["SUBSCRIBE", "other"], ["FLUSHALL"], ["KEYS", "*"], ["CONFIG", "GET", "*"], ["CLIENT", "KILL", "TYPE", "normal"], ["SCRIPT", "FLUSH"], ["ACL", "LIST"], ["SHUTDOWN"]];
        foreach (var command in forbidden)
        {
            var e = await Assert.ThrowsAsync<RedisException>(async () =>
                await redis.ExecuteAsync(new RedisCommand(command[0], [.. command.Skip(1).Select(arg => (RedisArg)arg)]), TestContext.Current.CancellationToken));
            Assert.Equal("NOPERM", e.Code);
        }
    }

    private static async Task HasRefusedNothingAsync(RedisServer redis)
    {
        var refused = await redis.CommandAsync("ACL", "LOG");
        Assert.Empty(refused.Items.ToArray().Select(entry => string.Join(' ', entry.Items.ToArray().Select(item => item.Kind == RedisReplyKind.Text ? item.AsString() : ""))));
        await redis.CommandAsync("ACL", "LOG", "RESET");
    }
}
