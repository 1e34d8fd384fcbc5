using System.Collections.Concurrent;
using System.Diagnostics;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>Publishes numbered messages at a rate over one connection. What is refused is sent again with its key until it is acknowledged.</summary>
/// <param name="node">Where.</param>
/// <param name="name">Who, and the beginning of the keys.</param>
/// <param name="channels">Taken in turn.</param>
/// <param name="messagesPerTick">How many are sent every ten milliseconds, as long as their answers keep up.</param>
internal sealed class SteadyPublisher(INode node, string name, string[] channels, int messagesPerTick)
{
    private const int MostUnanswered = 250;

    /// <summary>Who is refused waits a while: so many ticks.</summary>
    private const int TicksOfRefused = 10;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentQueue<int> _refused = new();
    private readonly ConcurrentQueue<(string Channel, string Id)> _acknowledged = new();
    private int _sent;
    private volatile bool _stopping;

    /// <summary>The channels and identities of what was acknowledged.</summary>
    public IReadOnlyCollection<(string Channel, string Id)> Acknowledged => _acknowledged;

    /// <summary>How many answers were refusals.</summary>
    public int Refusals { get; private set; }

    /// <summary>The longest time without an acknowledgement.</summary>
    public TimeSpan LongestPause { get; private set; }

    /// <summary>Publishes until it shall stop, and then until all is acknowledged.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var client = await node.ConnectAsync(name);
        var receiving = ReceiveAsync(client);
        using var timer = new PeriodicTimer(Tick);
        for (var tick = 0; !receiving.IsCompleted; tick++)
        {
            for (var again = tick % TicksOfRefused == 0 ? _refused.Count : 0; again > 0 && _refused.TryDequeue(out var number); again--) await SendAsync(client, number);
            for (var i = 0; i < messagesPerTick && !_stopping && _sent - _acknowledged.Count < MostUnanswered; i++)
            {
                var number = ++_sent;
                // Before the last one is sent, so that its answer finds it said; behind its number, so that it is waited for.
                _stopping = stop.IsCancellationRequested;
                await SendAsync(client, number);
            }
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        await receiving;
    }

    private Task SendAsync(WireClient client, int number) =>
        client.SendAsync(new { type = "publish", id = number, channel = ChannelOf(number), @event = "n", data = new { name, number }, key = $"{name}-{number}" });

    private async Task ReceiveAsync(WireClient client)
    {
        var watch = Stopwatch.StartNew();
        while (!_stopping || _acknowledged.Count < _sent)
        {
            var answer = await client.ReceiveAsync();
            var number = (int)answer["id"]!;
            if (answer.Type() == "error")
            {
                answer.IsError("unavailable");
                Refusals++;
                _refused.Enqueue(number);
                continue;
            }
            Assert.True((bool)answer.IsReply()["durable"]!);
            _acknowledged.Enqueue((ChannelOf(number), (string)answer["message"]!));
            if (watch.Elapsed > LongestPause) LongestPause = watch.Elapsed;
            watch.Restart();
        }
    }

    private string ChannelOf(int number) => channels[number % channels.Length];
}
