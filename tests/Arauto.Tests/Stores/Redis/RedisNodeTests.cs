using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Stores.Redis;

/// <summary>What the subscribers of a node see when the Redis that is the home of its logs starts again.</summary>
public sealed class RedisNodeTests
{
    private const string Channel = "public:home";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscribers_stay_and_hear_of_a_gap_only_if_there_is_one(bool keepData)
    {
        await using var server = await RedisServer.StartAsync("--appendfsync", "always");
        await Eventually.TrueAsync("the client is connected", () => server.Redis.IsConnected);
        var store = new Arauto.Stores.Redis.RedisStore(
            server.Redis, "", new Arauto.Stores.Redis.RedisStoreOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        await using var node = await TestNode.StartAsync(null, store);
        await using var client = await node.ConnectAsync("alice");
        await using var publisher = await node.ConnectAsync("bob");
        (await client.SubscribeAsync(Channel)).IsReply();
        for (var i = 1; i <= 3; i++) await publisher.PublishAsync(Channel, i, "n");
        for (var i = 1; i <= 3; i++) Assert.Equal(i, (await client.ReceiveAsync()).Offset());
        server.Kill();
        (await publisher.PublishAsync(Channel, 4, "n")).IsError("unavailable");
        await server.RestartAsync(keepData);
        await Eventually.TrueAsync("the client is connected again", () => server.Redis.IsConnected);

        (await publisher.PublishAsync(Channel, 4, "n")).IsReply();

        var frame = await client.ReceiveAsync();
        if (!keepData)
        {
            Assert.Equal(("gap", "epoch_changed"), (frame.Type(), (string?)frame["reason"]));
            frame = await client.ReceiveAsync();
        }
        Assert.Equal(("n", keepData ? 4 : 1), (frame.Type(), frame.Offset()));
    }
}
