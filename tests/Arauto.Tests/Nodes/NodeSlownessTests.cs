using System.Net;
using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Redis that is there and says nothing, and a node to which it pushes nothing.</summary>
public sealed class NodeSlownessTests
{
    private const string Channel = "public:a";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_Redis_says_nothing_clients_stay_answers_are_true_and_afterwards_all_is_complete()
    {
        await using var cluster = await TestCluster.StartAsync(2, options => options.Cluster.IslandSeconds = 1);
        await using var here = await cluster[0].SubscribedAsync("anna", Channel);
        await using var there = await cluster[1].SubscribedAsync("anna", Channel);
        await using var bob = await cluster[0].ConnectAsync("bob");
        (await bob.PublishAsync(Channel, "before")).IsReply();

        cluster.Redis.Pause();
        await using var watch = new Pauses();
        await Eventually.TrueAsync("readiness turns", async () => await ReadyAsync(cluster[0]) is (HttpStatusCode.ServiceUnavailable, not (null or "ok")));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        JsonObject answer = [];
        await Eventually.TrueAsync("a message is taken for this node", async () => (answer = await bob.PublishAsync(Channel, "meanwhile")).Type() == "reply" || answer.IsError("unavailable") is null);
        Assert.Equal((false, "local"), ((bool)answer["durable"]!, (string?)answer["fanout"]));
        Assert.Equal("pong", (await here.AskAsync(new { type = "ping" })).Type());
        cluster.Redis.Resume();
        await Eventually.TrueAsync("the others are told again", async () => (string?)(await bob.PublishAsync(Channel, "after"))["fanout"] == "full");
        await Eventually.TrueAsync("both are ready", async () => (await ReadyAsync(cluster[0])).Status == HttpStatusCode.OK && (await ReadyAsync(cluster[1])).Status == HttpStatusCode.OK);
        Assert.Equal("full", (string?)(await bob.PublishAsync(Channel, "last")).IsReply()["fanout"]);

        // What was refused may have been executed when Redis went on: then both hear it, in order and once.
        var heard = await UntilLastAsync(here);
        Assert.Contains(heard, frame => frame.Type() == "gap");
        var epoch = (string?)heard[^1]["epoch"];
        Assert.Contains(heard, frame => (string?)frame["data"] == "meanwhile" && (string?)frame["epoch"] != epoch);
        var others = (await UntilLastAsync(there)).ConvertAll(frame => frame.Offset());
        Assert.Equal(Enumerable.Range(1, others.Count).Select(offset => (long)offset), others);
        Assert.Equal(others, heard.Where(frame => (string?)frame["epoch"] == epoch).Select(frame => frame.Offset()));
    }

    [Fact]
    public async Task Nodes_to_which_nothing_is_pushed_are_not_ready_and_deliver_what_they_read_until_they_hear_again()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var anna = await cluster[0].SubscribedAsync("anna", Channel);
        await using var bob = await cluster[1].ConnectAsync("bob");
        await cluster.Redis.CommandAsync("ACL", "SETUSER", "arauto", "-subscribe");
        await cluster.Redis.KillSubscribersAsync();
        await using var watch = new Pauses();
        // For a moment also while it connects anew; then for this reason.
        await Eventually.TrueAsync("readiness turns", async () =>
            await ReadyAsync(cluster[0]) is (HttpStatusCode.ServiceUnavailable, { } reason) && reason.Contains("nothing has been heard", StringComparison.Ordinal));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);

        Assert.True((bool)(await bob.PublishAsync(Channel, "read")).IsReply()["durable"]!);
        Assert.Equal("read", (string?)(await anna.ReceiveAsync())["data"]);

        await cluster.Redis.CommandAsync("ACL", "SETUSER", "arauto", "+subscribe");
        await Eventually.TrueAsync("both are ready again", async () => (await ReadyAsync(cluster[0])).Status == HttpStatusCode.OK && (await ReadyAsync(cluster[1])).Status == HttpStatusCode.OK);
        Assert.Equal("full", (string?)(await bob.PublishAsync(Channel, "pushed")).IsReply()["fanout"]);
        Assert.Equal("pushed", (string?)(await anna.ReceiveAsync())["data"]);
    }

    private static async Task<List<JsonObject>> UntilLastAsync(WireClient client)
    {
        var frames = new List<JsonObject>();
        do frames.Add(await client.ReceiveAsync());
        while ((string?)frames[^1]["data"] != "last");
        return frames;
    }

    private static async ValueTask<(HttpStatusCode Status, string? Redis)> ReadyAsync(TestNode node)
    {
        using var client = node.Client();
        using var response = await client.GetAsync("/readyz", Token);
        return (response.StatusCode, (string?)(await response.JsonAsync())["dependencies"]!["redis"]);
    }
}
