using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Messages that only Redis keeps while it is away for long: what the clients of a node hear then, and when it is back.</summary>
public sealed class NodeIslandTests
{
    private const string Channel = "public:a";

    [Fact]
    public async Task A_device_that_heard_a_message_meanwhile_hears_no_old_one_as_new_when_Redis_is_back()
    {
        await using var cluster = await StartAsync();
        await using var here = await cluster[0].ConnectAsync("backend", service: true);
        await using var there = await cluster[1].ConnectAsync("backend", service: true);
        for (var i = 0; i < 5; i++) (await there.PublishAsync("user:alice", "old", "note")).IsReply();
        await using var device = await cluster[0].ConnectAsync("alice");
        cluster.Redis.Kill();
        await TakenAsync(here, "user:alice", "meanwhile");
        Assert.Equal("meanwhile", (string?)(await device.ReceiveAsync("note"))["data"]);

        await cluster.Redis.RestartAsync(keepData: true);
        await KeptAsync(there, "user:alice", "new");

        Assert.Equal("new", (string?)(await device.ReceiveAsync("note"))["data"]);
        Assert.DoesNotContain(await device.DrainAsync(), frame => frame.Type() == "note");
    }

    [Fact]
    public async Task Who_subscribes_meanwhile_hears_no_old_message_when_Redis_is_back_but_of_a_gap()
    {
        await using var cluster = await StartAsync();
        await using var there = await cluster[1].ConnectAsync("backend", service: true);
        await using var anna = await cluster[0].ConnectAsync("anna");
        for (var i = 0; i < 5; i++) (await there.PublishAsync(Channel, "old")).IsReply();
        cluster.Redis.Kill();
        await TakenAsync(anna, "public:other", "meanwhile");
        (await anna.SubscribeAsync(Channel)).IsReply();

        await cluster.Redis.RestartAsync(keepData: true);
        await KeptAsync(there, Channel, "new");

        Assert.Equal("epoch_changed", (string?)(await anna.ReceiveAsync())["reason"]);
        Assert.Equal("new", (string?)(await anna.ReceiveAsync())["data"]);
    }

    [Fact]
    public async Task Redis_that_comes_back_empty_is_another_log_of_which_nothing_is_missed()
    {
        await using var cluster = await StartAsync();
        await using var there = await cluster[1].ConnectAsync("backend", service: true);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.SubscribeAsync(Channel)).IsReply();
        for (var i = 0; i < 3; i++) await HeardAsync(there, anna, "before");
        cluster.Redis.Kill();
        await TakenAsync(anna, Channel, "meanwhile");
        Assert.Equal("meanwhile", (string?)(await anna.ReceiveAsync())["data"]);

        await cluster.Redis.RestartAsync(keepData: false);
        Assert.Equal(1, (await KeptAsync(there, Channel, "new")).Offset());

        Assert.Equal("epoch_changed", (string?)(await anna.ReceiveAsync())["reason"]);
        Assert.Equal(("new", 1), await ReadAsync(anna));
    }

    [Fact]
    public async Task Redis_that_has_lost_the_newest_messages_is_joined_where_it_ends()
    {
        await using var cluster = await StartAsync();
        await using var there = await cluster[1].ConnectAsync("backend", service: true);
        await using var anna = await cluster[0].ConnectAsync("anna");
        (await anna.SubscribeAsync(Channel)).IsReply();
        for (var i = 0; i < 2; i++) await HeardAsync(there, anna, "kept");
        var kept = await cluster.Redis.CommandAsync("DUMP", "arauto:log:{c:public:a}");
        var state = await cluster.Redis.CommandAsync("DUMP", "arauto:state:{c:public:a}");
        for (var i = 0; i < 2; i++) await HeardAsync(there, anna, "lost");
        // As a server has it that took over from one which had confirmed more.
        await cluster.Redis.CommandAsync("RESTORE", "arauto:log:{c:public:a}", 0, kept.Bytes, "REPLACE");
        await cluster.Redis.CommandAsync("RESTORE", "arauto:state:{c:public:a}", 0, state.Bytes, "REPLACE");
        cluster.Redis.Kill();
        await TakenAsync(anna, Channel, "meanwhile");
        Assert.Equal("meanwhile", (string?)(await anna.ReceiveAsync())["data"]);

        await cluster.Redis.RestartAsync(keepData: true);
        Assert.Equal(3, (await KeptAsync(there, Channel, "new")).Offset());

        Assert.Equal("epoch_changed", (string?)(await anna.ReceiveAsync())["reason"]);
        Assert.Equal(("new", 3), await ReadAsync(anna));
    }

    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync(2, options => options.Cluster.IslandSeconds = 1);
        // So that it has what it confirmed when it was killed.
        await cluster.Redis.CommandAsync("CONFIG", "SET", "appendfsync", "always");
        return cluster;
    }

    /// <summary>Publishes what a subscriber hears.</summary>
    private static async Task HeardAsync(WireClient publisher, WireClient subscriber, string data)
    {
        (await publisher.PublishAsync(Channel, data)).IsReply();
        Assert.Equal(data, (string?)(await subscriber.ReceiveAsync())["data"]);
    }

    private static async Task<(string? Data, long Offset)> ReadAsync(WireClient client)
    {
        var frame = await client.ReceiveAsync();
        return ((string?)frame["data"], frame.Offset());
    }

    /// <summary>Publishes until the node takes it for its own clients; before, it refuses.</summary>
    private static Task TakenAsync(WireClient publisher, string channel, string data) => Eventually.TrueAsync("a message is taken", async () =>
    {
        var answer = await publisher.PublishAsync(channel, data, "note");
        if (answer.Type() == "error") return answer.IsError("unavailable") is null;
        Assert.Equal((false, "local"), ((bool)answer["durable"]!, (string?)answer["fanout"]));
        return true;
    });

    /// <summary>Publishes until Redis has the message.</summary>
    private static async Task<JsonObject> KeptAsync(WireClient publisher, string channel, string data)
    {
        JsonObject answer = [];
        await Eventually.TrueAsync("Redis has a message", async () => (bool?)(answer = await publisher.PublishAsync(channel, data, "note"))["durable"] == true);
        return answer;
    }
}
