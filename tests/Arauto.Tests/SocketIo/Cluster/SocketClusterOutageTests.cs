using Arauto.Gateways;
using Arauto.Stores;
using Arauto.Tests.Gateways;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>What a cluster of Socket.IO does while Redis is away.</summary>
public sealed class SocketClusterOutageTests
{
    [Fact]
    public async Task While_Redis_is_away_the_sockets_here_are_served_and_the_caller_is_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl, redis.NodeUrl], SocketAdapter.Classic);
        var server = members.Server(0);
        foreach (var client in members.Clients)
            foreach (var room in new[] { "r", "left" }) await client.AskAsync(1, "join", room);
        redis.Kill();

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => server.Of("/").SocketsLeaveAsync("left").AsTask());
        Assert.Empty(await server.To("left").Local.FetchSocketsAsync());
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => server.Of("/").FetchSocketsAsync());
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => server.ServerSideEmitAsync("/", "who", "hi").AsTask());
        await server.To("r").Local.EmitAsync("here");
        Assert.Equal(["""["here"]"""], await members.HearAsync(0));

        await redis.RestartAsync(keepData: true);
        foreach (var node in members.Nodes) await members.SeesAllAsync(node);
        Assert.Single(await server.To("left").FetchSocketsAsync());
        await server.Of("/").SocketsJoinAsync("new");
        await Eventually.TrueAsync("both are in the room", async () => (await server.To("new").FetchSocketsAsync()).Count == 2);
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(1, true)]
    public async Task While_Redis_is_away_sockets_enter_new_rooms_once_the_node_is_an_island(int islandSeconds, bool isIsland)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic, options => options.Cluster.IslandSeconds = islandSeconds);
        var server = members.Server(0);
        redis.Kill();

        if (isIsland) await Eventually.TrueAsync("it is an island", async () => await JoinAsync() is ClusterUnavailableException);
        else Assert.IsType<StoreUnavailableException>(await JoinAsync());
        Assert.Equal(isIsland ? 1 : 0, (await server.To("new").Local.FetchSocketsAsync()).Count);

        async ValueTask<Exception?> JoinAsync() => await Record.ExceptionAsync(() => server.Of("/").SocketsJoinAsync("new").AsTask());
    }

    [Fact]
    public async Task Events_that_the_others_are_not_told_are_one_line_in_the_log()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var members = await Members.StartAsync([redis.NodeUrl], SocketAdapter.Classic);
        using var lines = members.Log(0);
        redis.Kill();

        for (var i = 0; i < 50; i++) await members.Server(0).Of("/").Volatile.EmitAsync("lost", i);

        await lines.HasAsync(IsOfTheOthers);
        // One that is waited for gives the others time to fail.
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => members.Server(0).ServerSideEmitAsync("/", "who", "hi").AsTask());
        await lines.HasOneAsync(IsOfTheOthers);

        static bool IsOfTheOthers(LoggedLine line) => line.Level == LogLevel.Warning && line.Text.Contains("were not told", StringComparison.Ordinal);
    }
}
