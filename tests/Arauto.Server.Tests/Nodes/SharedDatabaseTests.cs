using System.Net;
using Arauto.Server.Tests.Stores;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>Nodes whose messages are in one database file, and Redis only joins them.</summary>
public sealed class SharedDatabaseTests : IDisposable
{
    private const int Messages = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task If_Redis_never_comes_back_nothing_is_lost()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(redis.NodeUrl, "{}", 2, "--store", $"sqlite:{_folder.Database}");
        await using var here = await nodes[0].ConnectAsync("anna");
        await using var there = await nodes[1].ConnectAsync("bob");
        foreach (var client in (WireClient[])[here, there]) Assert.Equal("reply", (string?)(await client.AskAsync(new { type = "subscribe", channel = "public:a" }))["type"]);
        Assert.Equal("full", await PublishAsync(0));

        redis.Kill();
        await Eventually.TrueAsync("both nodes say so", async () =>
            (await nodes[0].ReadyAsync()).Status == HttpStatusCode.ServiceUnavailable && (await nodes[1].ReadyAsync()).Status == HttpStatusCode.ServiceUnavailable);
        for (var i = 1; i < Messages; i++) Assert.Equal("local", await PublishAsync(i));

        for (var i = 0; i < Messages; i++)
        {
            Assert.Equal((i + 1, i), await HearAsync(here));
            Assert.Equal((i + 1, i), await HearAsync(there));
        }

        async Task<string?> PublishAsync(int data)
        {
            var reply = await here.AskAsync(new { type = "publish", channel = "public:a", @event = "chat", data });
            Assert.True((bool)reply["durable"]!, $"{reply}");
            return (string?)reply["fanout"];
        }

        static async Task<(int Offset, int Data)> HearAsync(WireClient client)
        {
            var message = await client.ReceiveAsync();
            return ((int)message["offset"]!, (int)message["data"]!);
        }
    }
}
