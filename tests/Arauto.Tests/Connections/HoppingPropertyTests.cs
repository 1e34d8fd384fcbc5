using System.Text.Json.Nodes;
using Arauto.Stores;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>
/// Clients that keep losing their connection while others publish: whatever the moment of the cut, each sees the stored
/// log, without gap, without duplicate and in its order. The suite is the same for every store.
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
        await using var node = await TestNode.StartAsync(options => options.Channels["public:"].HistoryMessages = 0, store);
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

        TestContext.Current.TestOutputHelper?.WriteLine($"{published} messages, {clients.Sum(client => client.Steps)} steps, {clients.Sum(client => client.Received)} received");
        Assert.Equal(published, log.Values.Sum(messages => messages.Count));
        foreach (var client in clients)
            foreach (var channel in channels)
                Assert.Equal(log[channel].Skip(client.FirstMissed(channel)), client.Seen(channel));
    }

    private static async Task<int> PublishAsync(TestNode node, string user, string[] channels, Random random, SemaphoreSlim pace, CancellationToken stop)
    {
        await using var client = await node.ConnectAsync(user);
        var count = 0;
        while (await pace.WaitAsync(Timeout.Infinite, stop).ContinueWith(wait => wait.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            var reply = await client.AskAsync(new { type = "publish", channel = channels[random.Next(channels.Length)], @event = "n", data = new { from = user, n = count } });
            Assert.Equal("reply", (string?)reply["type"]);
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

    /// <summary>A client that connects, resumes, reads a while and is cut off at a random moment.</summary>
    private sealed class HoppingClient(TestNode node, string user, string[] channels, Random random, SemaphoreSlim pace)
    {
        private readonly Dictionary<string, List<string>> _seen = channels.ToDictionary(channel => channel, _ => new List<string>());
        private readonly Dictionary<string, string> _cursors = [];
        private readonly Dictionary<string, int> _start = [];

        public int Steps { get; private set; }

        public int Received => _seen.Values.Sum(messages => messages.Count);

        public IReadOnlyList<string> Seen(string channel) => _seen[channel];

        public int FirstMissed(string channel) => _start[channel];

        public async Task HopAsync(int hops)
        {
            for (var hop = 0; hop < hops; hop++)
            {
                var client = await node.ConnectAsync(user, deflate: random.Next(2) == 0);
                await SubscribeAsync(client);
                var messages = random.Next(0, 8);
                // As many publishes as this hop waits for, and a few more that arrive while nobody is there.
                pace.Release(messages + 2);
                for (var i = 0; i < messages; i++) Take(await client.ReceiveAsync());
                await LeaveAsync(client);
                Steps += 1 + channels.Length + messages;
            }
        }

        public async Task CatchUpAsync(IReadOnlyDictionary<string, int> lengths)
        {
            await using var client = await node.ConnectAsync(user);
            await SubscribeAsync(client);
            while (channels.Any(channel => _seen[channel].Count + _start[channel] < lengths[channel])) Take(await client.ReceiveAsync());
            foreach (var late in await client.DrainAsync()) Take(late);
        }

        private async Task SubscribeAsync(WireClient client)
        {
            foreach (var channel in channels.OrderBy(_ => random.Next()))
            {
                var resuming = _cursors.TryGetValue(channel, out var since);
                var reply = resuming
                    ? await client.AskAsync(new { type = "subscribe", channel, since })
                    : await client.AskAsync(new { type = "subscribe", channel });
                Assert.Equal("reply", (string?)reply["type"]);
                Assert.Equal(resuming, (bool)reply["resumed"]!);
                if (resuming) continue;
                _cursors[channel] = (string)reply["cursor"]!;
                _start[channel] = (int)reply["offset"]!;
            }
        }

        private void Take(JsonObject frame)
        {
            if ((string?)frame["type"] is not "n")
            {
                Assert.NotEqual("gap", (string?)frame["type"]);
                return;
            }
            var channel = (string)frame["channel"]!;
            _seen[channel].Add((string)frame["id"]!);
            _cursors[channel] = (string)frame["cursor"]!;
        }

        /// <summary>Half of the time as a browser tab that is closed, half as a cable that is pulled.</summary>
        private async Task LeaveAsync(WireClient client)
        {
            if (random.Next(2) == 0) client.Socket.Abort();
            await client.DisposeAsync();
        }
    }
}
