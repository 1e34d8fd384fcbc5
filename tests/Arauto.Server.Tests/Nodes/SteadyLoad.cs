using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>
/// About a thousand publishes a second on all nodes while something happens to their Redis. In the end the log has each
/// message once, and subscribers on every node have seen all that was acknowledged, once and in the log's order.
/// </summary>
/// <remarks>
/// A fail-over may lose what nobody acknowledged, also when subscribers have seen it: they are told by a gap, and the publisher,
/// who was refused, brings it again as a new message.
/// </remarks>
internal sealed class SteadyLoad
{
    /// <summary>A channel goes on in the log only, so that a message that was acknowledged is never one that only its own node has.</summary>
    public const string Settings = """{"cluster":{"islandSeconds":3600},"limits":{"requestsPerSecond":0,"connectionsPerUser":0},"channels":{"public:":{"historyMessages":0}}}""";

    private readonly NodeProcesses _nodes;
    private readonly string[] _channels;
    private readonly SteadyPublisher[] _publishers;

    private SteadyLoad(NodeProcesses nodes, string[] channels)
    {
        _nodes = nodes;
        _channels = channels;
        // 3 nodes, 4 messages every 10 ms: a little more than a thousand, for what ticks of a busy machine are late.
        _publishers = [.. nodes.All.Select((node, i) => new SteadyPublisher(node, $"publisher{i}", channels, messagesPerTick: 4))];
    }

    private int Acknowledged => _publishers.Sum(publisher => publisher.Acknowledged.Count);

    /// <param name="nodes">The nodes.</param>
    /// <param name="channels">Where to publish.</param>
    /// <param name="happen">What happens meanwhile; it ends the load.</param>
    public static async Task RunAsync(NodeProcesses nodes, string[] channels, Func<SteadyLoad, Task> happen)
    {
        var load = new SteadyLoad(nodes, channels);
        var subscribers = new List<SteadySubscriber>();
        foreach (var node in nodes.All) subscribers.Add(await SteadySubscriber.StartAsync(node, $"subscriber{subscribers.Count}", channels));
        var reading = subscribers.Select(subscriber => subscriber.RunAsync()).ToArray();
        using var stop = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var publishing = load._publishers.Select(publisher => publisher.RunAsync(stop.Token)).ToArray();

        await happen(load);
        await stop.CancelAsync();
        await Task.WhenAll(publishing);
        load.Tell(watch.Elapsed);
        foreach (var channel in channels) await load.EndAsync(channel);
        await Task.WhenAll(reading);
        foreach (var channel in channels) await load.VerifyAsync(channel, subscribers);
        TestContext.Current.TestOutputHelper?.WriteLine($"gaps announced to {string.Join(", ", subscribers.Select(subscriber => subscriber.Gaps))}");
        foreach (var subscriber in subscribers) await subscriber.DisposeAsync();
    }

    /// <summary>Waits until so many more messages are acknowledged.</summary>
    public Task GoesOnAsync(int more)
    {
        var enough = Acknowledged + more;
        return Eventually.TrueAsync($"{more} more messages are acknowledged", () => Acknowledged >= enough);
    }

    private void Tell(TimeSpan elapsed) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{Acknowledged} acknowledged, {Acknowledged / elapsed.TotalSeconds:0} a second with all pauses; {_publishers.Sum(publisher => publisher.Refusals)} refusals, "
        + $"the longest pause {_publishers.Max(publisher => publisher.LongestPause).TotalMilliseconds:0} ms");

    private async Task EndAsync(string channel)
    {
        await using var client = await _nodes[0].ConnectAsync("publisher0");
        await Eventually.TrueAsync($"{channel} is ended", async () =>
            (await client.AskAsync(new { type = "publish", channel, @event = SteadySubscriber.End, key = $"end of {channel}" })).Type() == "reply");
    }

    private async Task VerifyAsync(string channel, List<SteadySubscriber> subscribers)
    {
        var log = await ReadLogAsync(channel);
        var ids = log.Select(message => (string)message["id"]!).ToHashSet();
        Assert.Equal(Enumerable.Range(1, log.Count), log.Select(message => (int)message["offset"]!));
        var published = log.SkipLast(1).Select(message => message["data"]!.ToJsonString()).ToList();
        Assert.Equal(published.Count, published.Distinct().Count());
        var acknowledged = _publishers.SelectMany(publisher => publisher.Acknowledged).Where(message => message.Channel == channel).Select(message => message.Id).ToList();
        Assert.Equal(acknowledged.Count, published.Count);
        Assert.Empty(acknowledged.Except(ids));
        foreach (var subscriber in subscribers)
        {
            var seen = subscriber.Seen(channel);
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Equal(log.Select(message => (string)message["id"]!), seen.Where(ids.Contains));
        }
    }

    private async Task<List<JsonObject>> ReadLogAsync(string channel)
    {
        using var http = _nodes[1].Client(_nodes[1].Token("reader"));
        var log = new List<JsonObject>();
        while (true)
        {
            var page = (await http.GetFromJsonAsync<JsonObject>($"/v1/channels/{channel}/messages?after={log.Count}&limit=200", TestContext.Current.CancellationToken))!;
            log.AddRange(page["messages"]!.AsArray().Select(message => message!.AsObject()));
            if (!(bool)page["more"]!) return log;
        }
    }
}
