using System.Net;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class DiskFullTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_refuses_publishes_keeps_every_client_and_heals_by_itself()
    {
        using var disk = SmallFileSystem.TryMount(Path.Combine(_folder.Path, "data"), kilobytes: 2048);
        Assert.SkipWhen(disk is null, "A disk of a given size needs the right to mount (root).");
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var reader = await server.ConnectAsync("reader", service: true);
        await reader.AskAsync(new { type = "subscribe", channel = "doc:1" });
        await using var publisher = await server.ConnectAsync("publisher", service: true);

        // Large messages first, then small ones for what is left.
        var (acknowledged, refusal) = await FillAsync(publisher, 0, filler: 8192);
        Assert.True(acknowledged > 10, $"Only {acknowledged} messages fitted.");
        (acknowledged, refusal) = await FillAsync(publisher, acknowledged, filler: 1);
        Assert.Equal("unavailable", (string?)refusal["code"]);
        Assert.True((double)refusal["retry_after"]! > 0);

        // The check writes too, so it takes the very last page itself.
        await Eventually.TrueAsync("the server is not ready for this reason", async () => await server.ReadyAsync() is (HttpStatusCode.ServiceUnavailable, var body)
            && body.GetProperty("dependencies").GetProperty("sqlite").GetString()!.Contains("full", StringComparison.Ordinal));
        for (var offset = 1; offset <= acknowledged; offset++) Assert.Equal(offset, (int)(await reader.ReceiveAsync())["offset"]!);
        Assert.Empty(await reader.DrainAsync());
        Assert.Equal("pong", (string?)(await publisher.AskAsync(new { type = "ping" }))["type"]);

        disk!.Grow(kilobytes: 65536);
        await Eventually.TrueAsync("the server is ready again", async () => (await server.ReadyAsync()).Status == HttpStatusCode.OK);
        var answer = await PublishAsync(publisher, acknowledged + 1, filler: 8192);
        Assert.Equal(acknowledged + 1, (int)answer["offset"]!);
        var healed = await reader.ReceiveAsync();
        Assert.Equal((acknowledged + 1, acknowledged + 1), ((int)healed["offset"]!, (int)healed["data"]!["n"]!));
        Assert.DoesNotContain(server.Process.Output, line => line.Contains("error", StringComparison.Ordinal) && line.Contains("could not run", StringComparison.Ordinal));
    }

    /// <summary>Publishes until it is refused.</summary>
    private static async Task<(int Acknowledged, JsonObject Refusal)> FillAsync(WireClient client, int acknowledged, int filler)
    {
        while (true)
        {
            var answer = await PublishAsync(client, acknowledged + 1, filler);
            if ((string?)answer["type"] == "error") return (acknowledged, answer);
            Assert.True(++acknowledged < 2000, "The disk does not fill.");
        }
    }

    private static Task<JsonObject> PublishAsync(WireClient client, int n, int filler) =>
        client.AskAsync(new { type = "publish", channel = "doc:1", @event = "edit", key = $"edit-{n}", data = new { n, filler = new string('x', filler) } });
}
