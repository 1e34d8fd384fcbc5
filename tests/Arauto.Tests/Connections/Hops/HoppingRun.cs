using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>
/// The property: clients come and go over any transport and any node, publishers publish meanwhile, and in the end each
/// client has seen the stored log from where it began, without gap, without duplicate and in its order, and the log has every
/// message once.
/// </summary>
internal static class HoppingRun
{
    private const int Clients = 6;
    private const int Publishers = 6;
    private const int Channels = 3;

    /// <param name="random">Decides everything.</param>
    /// <param name="pick">Finds a node that is there; called by many at once.</param>
    /// <param name="hopsPerClient">How often each client comes at least.</param>
    /// <param name="goesOn">Is asked before each hop, whether there have to be more than that.</param>
    public static async Task RunAsync(Random random, Func<Random, INode> pick, int hopsPerClient, Func<bool> goesOn)
    {
        var channels = Enumerable.Range(0, Channels).Select(i => $"public:hop{i}").ToArray();
        using var stopPublishing = new CancellationTokenSource();
        using var pace = new SemaphoreSlim(0);
        var publishers = Enumerable.Range(0, Publishers).Select(i => CreatePublisher($"publisher{i}", new Random(random.Next()))).ToArray();
        var publishing = publishers.Select(publisher => publisher.PublishAsync(pace, stopPublishing.Token)).ToArray();
        var clients = Enumerable.Range(0, Clients).Select(i => CreateClient($"client{i}", new Random(random.Next()))).ToArray();

        await Task.WhenAll(clients.Select(client => client.HopAsync(hopsPerClient, goesOn)));
        await stopPublishing.CancelAsync();
        var published = (await Task.WhenAll(publishing)).Sum();
        foreach (var publisher in publishers) await publisher.DisposeAsync();
        var log = new Dictionary<string, List<string>>();
        foreach (var channel in channels) log[channel] = await ReadLogAsync(pick(random), channel);
        await Task.WhenAll(clients.Select(client => client.CatchUpAsync(log.ToDictionary(entry => entry.Key, entry => entry.Value.Count))));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{published} messages, {clients.Sum(client => client.Steps)} steps, {clients.Sum(client => client.Place.Received)} received, "
            + $"{clients.Sum(client => client.Cuts)} stays ended by their node, {publishers.Sum(publisher => publisher.Repetitions)} publishes repeated");
        Assert.Equal(published, log.Values.Sum(messages => messages.Count));
        foreach (var client in clients)
            foreach (var channel in channels)
                Assert.Equal(log[channel].Skip(client.Place.Start(channel)), client.Place.Seen(channel));

        HoppingPublisher CreatePublisher(string user, Random own) => new(() => pick(own), user, channels, own);
        HoppingClient CreateClient(string user, Random own) => new(() => pick(own), user, channels, own, pace);
    }

    private static async Task<List<string>> ReadLogAsync(INode node, string channel)
    {
        await using var reader = await node.ConnectAsync("reader");
        var ids = new List<string>();
        while (true)
        {
            var page = (await reader.AskAsync(new { type = "history", channel, after = ids.Count, limit = 200 })).IsReply();
            foreach (var message in page["messages"]!.AsArray()) ids.Add((string)message!["id"]!);
            if (!(bool)page["more"]!) return ids;
        }
    }
}
