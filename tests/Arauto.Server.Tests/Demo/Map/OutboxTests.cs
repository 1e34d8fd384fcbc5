using System.Net;
using System.Text.Json;
using Arauto.Protocol;
using Arauto.Publishing;
using Arauto.Server.Stores.Sqlite;
using Arauto.Server.Tests.Stores;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Demo.Map;

public sealed class OutboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_change_is_in_the_database_before_it_is_published()
    {
        var found = new List<(long Published, long Saved)>();
        await using var node = await MapNode.StartAsync(_folder.Path, publisher => new InterruptedPublisher(publisher, (request, next, cancellationToken) =>
        {
            lock (found) found.Add((VersionOf(request), SavedVersion("old-town")));
            return next.PublishAsync(request, cancellationToken);
        }));
        for (var x = 100; x < 110; x++) await MoveAsync(node, "old-town", x);
        await Eventually.TrueAsync("all is published", async () => (await node.PublishedAsync()).Count == 10);
        Assert.Equal(10, found.Count);
        Assert.All(found, pair => Assert.True(pair.Saved >= pair.Published, $"{pair.Published} was published when {pair.Saved} was saved"));
    }

    [Fact]
    public async Task What_was_saved_but_not_published_when_the_process_ended_is_published_by_the_next_one()
    {
        await using (var node = await MapNode.StartAsync(_folder.Path, publisher => new InterruptedPublisher(publisher, (_, _, cancellationToken) => InterruptedPublisher.NeverAsync(cancellationToken))))
        {
            await MoveAsync(node, "old-town", 100);
            await MoveAsync(node, "harbour", 200);
            Assert.Empty(await node.PublishedAsync());
        }
        await using var again = await MapNode.StartAsync(_folder.Path);
        await Eventually.TrueAsync("both are published", async () => (await again.PublishedAsync()).Count == 2);
        Assert.Equal(["old-town", "harbour"], (await again.PublishedAsync()).Select(message => (string?)message["data"]!["id"]));
    }

    [Fact]
    public async Task What_was_published_but_not_yet_taken_out_when_the_process_ended_is_not_published_twice()
    {
        await using (var node = await MapNode.StartAsync(_folder.Path, publisher => new InterruptedPublisher(publisher, async (request, next, cancellationToken) =>
        {
            await next.PublishAsync(request, cancellationToken);
            return await InterruptedPublisher.NeverAsync(cancellationToken);
        })))
        {
            await MoveAsync(node, "old-town", 100);
            await Eventually.TrueAsync("it is published", async () => (await node.PublishedAsync()).Count == 1);
        }
        await using var again = await MapNode.StartAsync(_folder.Path);
        await MoveAsync(again, "old-town", 101);
        await Eventually.TrueAsync("the next one is published", async () => (await again.PublishedAsync()).Any(message => (int)message["data"]!["corners"]![0]!["x"]! == 101));
        Assert.Equal([100, 101], (await again.PublishedAsync()).Select(message => (int)message["data"]!["corners"]![0]!["x"]!));
    }

    [Fact]
    public async Task Edits_go_on_while_the_log_is_away_and_are_published_in_order_once_it_is_back()
    {
        var away = true;
        await using var node = await MapNode.StartAsync(_folder.Path, publisher => new InterruptedPublisher(publisher, (request, next, cancellationToken) =>
            Volatile.Read(ref away)
                ? Task.FromResult(PublishResult.Refused(new ProtocolError(ErrorCode.Unavailable, "The disk is away.", TimeSpan.FromMilliseconds(5))))
                : next.PublishAsync(request, cancellationToken)));
        for (var x = 100; x < 120; x++) await MoveAsync(node, "old-town", x);
        Assert.Empty(await node.PublishedAsync());
        Volatile.Write(ref away, false);
        await Eventually.TrueAsync("all is published", async () => (await node.PublishedAsync()).Count == 20);
        Assert.Equal(Enumerable.Range(100, 20), (await node.PublishedAsync()).Select(message => (int)message["data"]!["corners"]![0]!["x"]!));
    }

    [Fact]
    public async Task A_change_that_the_node_refuses_for_good_holds_up_no_other()
    {
        await using var node = await MapNode.StartAsync(_folder.Path, publisher => new InterruptedPublisher(publisher, (request, next, cancellationToken) =>
            request.Event == "subscription.updated"
                ? Task.FromResult(PublishResult.Refused(new ProtocolError(ErrorCode.TooLarge, "Too large.")))
                : next.PublishAsync(request, cancellationToken)));
        await node.PutAsync("/demo/map/subscriptions/harbour", new { version = 0, status = "paused" });
        await MoveAsync(node, "harbour", 200);
        await Eventually.TrueAsync("the other one is published", async () => (await node.PublishedAsync()).Count == 1);
    }

    private static async Task MoveAsync(MapNode node, string area, double x)
    {
        var version = (long)(await node.FindAsync("areas", area))["version"]!;
        var (status, _) = await node.PutAsync($"/demo/map/areas/{area}", new { version, corners = new[] { new { x, y = 1.0 }, new { x = 300.0, y = 1.0 }, new { x = 200.0, y = 90.0 } } });
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static long VersionOf(PublishRequest request)
    {
        using var data = JsonDocument.Parse(request.Data);
        return data.RootElement.GetProperty("version").GetInt64();
    }

    /// <summary>Read past the service, over a connection of its own: only what was committed is seen.</summary>
    private long SavedVersion(string id)
    {
        using var connection = new SqliteConnector(Path.Combine(_folder.Path, "map.db"), TimeSpan.FromSeconds(5)).OpenReader();
        using var statement = new SqliteStatement(connection, "SELECT version FROM objects WHERE id = $1 AND kind = 'area'", 1);
        return statement.QueryInteger(id)!.Value;
    }
}
