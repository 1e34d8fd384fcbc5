using System.Globalization;
using Arauto.Ingestion;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Other programs publish in Redis while nodes are cut off, come and go.</summary>
public sealed class ExternalTurmoilTests : IDisposable
{
    private const string Channel = "updates";
    private const int Steps = 150;

    /// <summary>So many in a row have equal bytes, and each is a message of its own.</summary>
    private const int Alike = 3;

    private readonly List<int> _heard = [];
    private readonly SemaphoreSlim _turn = new(1);
    private int _published;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _turn.Dispose();

    /// <param name="isOneAtATime">Whether one node at a time is cut off or goes, so that another has heard all.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_node_heard_is_in_the_log_once_and_in_order_if_another_heard_all(bool isOneAtATime)
    {
        var random = Seed.CreateRandom();
        await using var cluster = await TestCluster.StartAsync(2, options =>
        {
            options.Channels[Channel].HistoryMessages = 0;
            options.Limits.CommandsPerSecond = 0;
        });
        var disturbing = Task.CompletedTask;
        for (var step = 0; step < Steps; step++)
        {
            if (disturbing.IsCompleted && (!isOneAtATime || cluster.Nodes.Count(node => node.Get<ExternalPublications>().IsTaking) >= 2))
            {
                await disturbing;
                disturbing = DisturbAsync(cluster, isOneAtATime ? random.Next(1, 4) : random.Next(3), random.Next());
            }
            await PublishAsync(cluster.Redis, random.Next(1, 60));
        }
        await disturbing;
        await Eventually.TrueAsync("somebody listens", async () => await PublishOneAsync(cluster.Redis));

        await using var reader = await cluster.Nodes[^1].ConnectAsync("reader");
        var log = new List<int>();
        await Eventually.TrueAsync("the last is in the log", async () => (log = await ReadLogAsync(reader)).Count >= _heard.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_published} published, {_heard.Count} heard by a node");
        Assert.True(_heard.Count > Steps);
        Assert.Equal(_heard, isOneAtATime ? log : log.Order());
    }

    private async Task DisturbAsync(TestCluster cluster, int what, int victim)
    {
        switch (what)
        {
            case 0:
                await InTurnAsync(cluster.Redis.KillSubscribersAsync);
                break;
            case 1:
                await CutOffAsync(cluster.Redis, cluster.Nodes[victim % cluster.Nodes.Count].Options.Node);
                break;
            case 2:
                if (cluster.Nodes.Count < 4) await cluster.AddAsync();
                break;
            default:
                // What is on its way to a node that stops is for those that stay.
                if (cluster.Nodes.Count > 2) await cluster.RemoveAsync(victim % cluster.Nodes.Count);
                break;
        }
    }

    /// <summary>Cuts the subscriptions of one node, and waits until it is connected again.</summary>
    private async Task CutOffAsync(RedisServer redis, string node)
    {
        if (await FindAsync() is not (> 0 and var before)) return;
        await InTurnAsync(() => redis.CommandAsync("CLIENT", "KILL", "ID", before));
        await Eventually.TrueAsync("it is connected again", async () => await FindAsync() is not 0 and var now && now != before);

        async Task<long> FindAsync()
        {
            var clients = (await redis.CommandAsync("CLIENT", "LIST", "TYPE", "pubsub")).AsString()!.Split('\n');
            var client = Array.Find(clients, line => line.Contains($" name=arauto-{node} ", StringComparison.Ordinal));
            return client is null ? 0 : long.Parse(client.AsSpan("id=".Length, client.IndexOf(' ') - "id=".Length), CultureInfo.InvariantCulture);
        }
    }

    private async Task PublishAsync(RedisServer redis, int count)
    {
        for (; count > 0; count--) await PublishOneAsync(redis);
    }

    /// <returns>Whether a node heard it: Redis keeps it for nobody else.</returns>
    private async ValueTask<bool> PublishOneAsync(RedisServer redis)
    {
        var data = _published++ / Alike;
        var heardBy = await InTurnAsync(() => redis.CommandAsync("PUBLISH", Channel, $$"""{"type":"tick","data":{{data}}}"""));
        if (heardBy.AsInteger() == 0) return false;
        _heard.Add(data);
        return true;
    }

    /// <summary>One command after the other: a connection that is cut may lose what the server wrote to it in the same moment.</summary>
    private async Task<T> InTurnAsync<T>(Func<Task<T>> command)
    {
        await _turn.WaitAsync(Cancelled);
        try
        {
            return await command();
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task<List<int>> ReadLogAsync(WireClient reader)
    {
        var log = new List<int>();
        while (true)
        {
            var page = (await reader.AskAsync(new { type = "history", channel = Channel, after = log.Count, limit = 200 })).IsReply();
            log.AddRange(page["messages"]!.AsArray().Select(message => (int)message!["data"]!));
            if (!(bool)page["more"]!) return log;
        }
    }
}
