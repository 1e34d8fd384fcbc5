using System.Net.Http.Json;
using Arauto.Stores;
using Arauto.Tests.Connections.Hops;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>
/// Clients that keep losing their connection while others publish, and come back over any transport with the cursor of any
/// other: whatever the moment of the cut, each sees the stored log, without gap, without duplicate and in its order. The
/// suite is the same for every store.
/// </summary>
public abstract class HoppingPropertyTests
{
    private const int Clients = 6;
    private const int Publishers = 6;
    private const int Channels = 3;
    private const int HopsPerClient = 120;

    /// <summary>An open store; disposed after the node.</summary>
    protected abstract ValueTask<IStore> OpenStoreAsync();

    [Fact]
    public async Task Every_client_sees_the_stored_log_however_often_it_reconnects()
    {
        var random = Seed.CreateRandom();
        await using var store = await OpenStoreAsync();
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Channels["public:"].HistoryMessages = 0;
                // Every poll and every page of history is a request.
                options.Limits.RequestsPerSecond = 0;
            },
            store);
        var channels = Enumerable.Range(0, Channels).Select(i => $"public:hop{i}").ToArray();
        using var stopPublishing = new CancellationTokenSource();
        using var pace = new SemaphoreSlim(0);
        var publishers = Enumerable.Range(0, Publishers).Select(i => PublishAsync(node, $"publisher{i}", channels, new Random(random.Next()), pace, stopPublishing.Token)).ToArray();
        var clients = Enumerable.Range(0, Clients).Select(i => new HoppingClient(node, $"client{i}", channels, new Random(random.Next()), pace)).ToArray();

        await Task.WhenAll(clients.Select(client => client.HopAsync(HopsPerClient)));
        await stopPublishing.CancelAsync();
        var published = (await Task.WhenAll(publishers)).Sum();
        var log = new Dictionary<string, List<string>>();
        foreach (var channel in channels) log[channel] = await ReadLogAsync(node, channel);
        await Task.WhenAll(clients.Select(client => client.CatchUpAsync(log.ToDictionary(entry => entry.Key, entry => entry.Value.Count))));

        TestContext.Current.TestOutputHelper?.WriteLine($"{published} messages, {clients.Sum(client => client.Steps)} steps, {clients.Sum(client => client.Place.Received)} received");
        Assert.Equal(published, log.Values.Sum(messages => messages.Count));
        foreach (var client in clients)
            foreach (var channel in channels)
                Assert.Equal(log[channel].Skip(client.Place.Start(channel)), client.Place.Seen(channel));
    }

    private static async Task<int> PublishAsync(TestNode node, string user, string[] channels, Random random, SemaphoreSlim pace, CancellationToken stop)
    {
        await using var client = await node.ConnectAsync(user);
        using var http = node.Client(user);
        var count = 0;
        while (await pace.WaitAsync(Timeout.Infinite, stop).ContinueWith(wait => wait.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            var message = new { channel = channels[random.Next(channels.Length)], @event = "n", data = new { from = user, n = count } };
            if (random.Next(2) == 0) (await client.PublishAsync(message.channel, message.data, message.@event)).IsReply();
            else Assert.True((await http.PostAsJsonAsync("/v1/publish", message, CancellationToken.None)).IsSuccessStatusCode);
            count++;
        }
        return count;
    }

    private static async Task<List<string>> ReadLogAsync(TestNode node, string channel)
    {
        await using var reader = await node.ConnectAsync("reader");
        var ids = new List<string>();
        while (true)
        {
            var page = await reader.AskAsync(new { type = "history", channel, after = ids.Count, limit = 200 });
            foreach (var message in page["messages"]!.AsArray()) ids.Add((string)message!["id"]!);
            if (!(bool)page["more"]!) return ids;
        }
    }

    /// <summary>A client that connects, resumes, reads a while, is cut off at a random moment and takes another transport.</summary>
    private sealed class HoppingClient(TestNode node, string user, string[] channels, Random random, SemaphoreSlim pace)
    {
        public ClientPlace Place { get; } = new(channels);

        public int Steps { get; private set; }

        public async Task HopAsync(int hops)
        {
            for (var i = 0; i < hops; i++)
            {
                await using var hop = i == 0 ? new JsonHop(node, user, random) : NextHop();
                await hop.OpenAsync(Place);
                var messages = random.Next(0, 8);
                // As many publishes as this hop waits for, and a few more that arrive while nobody is there.
                pace.Release(messages + 2);
                for (var taken = 0; taken < messages;) taken += await hop.TakeAsync(Place);
                Steps += 1 + channels.Length + messages;
            }
        }

        public async Task CatchUpAsync(IReadOnlyDictionary<string, int> lengths)
        {
            await using var last = new JsonHop(node, user, random);
            await last.OpenAsync(Place);
            while (Place.IsBehind(lengths)) await last.TakeAsync(Place);
            await last.DrainAsync(Place);
        }

        private Hop NextHop() => random.Next(5) switch
        {
            0 => new JsonHop(node, user, random),
            1 => new ProtobufHop(node, user),
            2 => new EventStreamHop(node, user, random),
            3 => new PollHop(node, user, random),
            _ => new HistoryHop(node, user, random),
        };
    }
}
