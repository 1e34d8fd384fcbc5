using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class CrashTests : IDisposable
{
    private const int Kills = 3;
    private const int Publishers = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly List<JsonObject> _received = [];
    private readonly int[] _numbers = new int[Publishers];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_9_during_a_thousand_publishes_a_second_loses_no_acknowledged_message_and_clients_resume()
    {
        var random = Seed.CreateRandom();
        string? channel = null;
        var rates = new List<double>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_folder.Path);
            channel ??= await MakeRoomAsync(server);
            var loads = Enumerable.Range(0, Publishers).Select(publisher => new PublisherLoad(publisher, channel, _numbers[publisher] + 1)).ToList();
            rates.Add(await RunUntilKilledAsync(server, loads, channel, random.Next(2000, 5000)));

            await using var again = await ServerProcess.StartAsync(_folder.Path);
            await using var reader = await ResumeAsync(again, channel);
            await VerifyAcknowledgedAsync(again, channel, loads);
            await RepeatUnacknowledgedAsync(again, loads);
            await VerifyExactlyOnceAsync(again, channel, reader);
            again.Process.Kill();
        }
        // The best of them: a machine may be busy for a moment.
        Assert.True(rates.Max() >= 1000, $"Only {rates.Max():0} messages a second were acknowledged.");
    }

    /// <returns>How many messages were acknowledged in a second.</returns>
    private async Task<double> RunUntilKilledAsync(ServerProcess server, List<PublisherLoad> loads, string channel, int count)
    {
        var clients = new List<WireClient>();
        foreach (var load in loads) clients.Add(await server.ConnectAsync($"publisher-{load.Publisher}", service: true));
        await using var reader = await ResumeAsync(server, channel);
        var reading = ReadUntilDeadAsync(reader);
        var running = loads.Select((load, i) => load.RunAsync(clients[i])).ToList();
        await Eventually.TrueAsync("the first messages are acknowledged", () => loads.Sum(load => load.Acknowledged.Count) > 100);
        var (watch, before) = (Stopwatch.StartNew(), loads.Sum(load => load.Acknowledged.Count));
        await Eventually.TrueAsync($"{count} messages are acknowledged", () => loads.Sum(load => load.Acknowledged.Count) >= before + count);
        var rate = (loads.Sum(load => load.Acknowledged.Count) - before) / watch.Elapsed.TotalSeconds;
        server.Process.Kill();
        await Task.WhenAll([.. running, reading]);
        foreach (var client in clients) await client.DisposeAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{rate:0} acknowledged a second; killed after {loads.Sum(load => load.Acknowledged.Count)}, of {loads.Sum(load => load.LastNumber - _numbers[load.Publisher])} sent");
        return rate;
    }

    /// <summary>A subscriber that goes on after the last message it has.</summary>
    private async Task<WireClient> ResumeAsync(ServerProcess server, string channel)
    {
        var reader = await server.ConnectAsync("reader", service: true);
        var reply = await reader.AskAsync(_received.Count == 0
            ? new { type = "subscribe", channel }
            : new { type = "subscribe", channel, since = (string)_received[^1]["cursor"]! } as object);
        Assert.Equal(_received.Count > 0, (bool)reply["resumed"]!);
        return reader;
    }

    private async Task ReadUntilDeadAsync(WireClient reader)
    {
        try
        {
            while (true) _received.Add(await reader.ReceiveAsync());
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or IOException)
        {
            // The kill.
        }
    }

    private static async Task VerifyAcknowledgedAsync(ServerProcess server, string channel, List<PublisherLoad> loads)
    {
        var log = await ReadLogAsync(server, channel);
        Assert.Equal(Enumerable.Range(1, log.Count), log.Select(message => (int)message["offset"]!));
        foreach (var load in loads)
            foreach (var (number, offset, id) in load.Acknowledged)
            {
                var message = log[(int)offset - 1];
                Assert.Equal((id, load.Publisher, number), ((string?)message["id"], (int)message["data"]!["publisher"]!, (int)message["data"]!["number"]!));
            }
    }

    /// <summary>What was sent and not acknowledged may be there or not; repeated with its key it is there once.</summary>
    private async Task RepeatUnacknowledgedAsync(ServerProcess server, List<PublisherLoad> loads)
    {
        foreach (var load in loads)
        {
            await using var client = await server.ConnectAsync($"publisher-{load.Publisher}", service: true);
            var last = load.Acknowledged.Count == 0 ? _numbers[load.Publisher] : load.Acknowledged.Max(entry => entry.Number);
            for (var number = last + 1; number <= load.LastNumber; number++) Assert.Equal("reply", (string?)(await client.AskAsync(load.Command(number)))["type"]);
            _numbers[load.Publisher] = load.LastNumber;
        }
    }

    private async Task VerifyExactlyOnceAsync(ServerProcess server, string channel, WireClient reader)
    {
        var log = await ReadLogAsync(server, channel);
        Assert.Equal(_numbers.Sum(), log.Count);
        foreach (var publisher in log.GroupBy(message => (int)message["data"]!["publisher"]!))
            Assert.Equal(Enumerable.Range(1, _numbers[publisher.Key]), publisher.Select(message => (int)message["data"]!["number"]!));
        while (_received.Count < log.Count) _received.Add(await reader.ReceiveAsync());
        Assert.Empty(await reader.DrainAsync());
        Assert.Equal(log.Select(message => message.ToJsonString()), _received.Select(message => message.ToJsonString()));
    }

    private static async Task<List<JsonObject>> ReadLogAsync(ServerProcess server, string channel)
    {
        using var http = server.Client(server.Token("reader", service: true));
        var log = new List<JsonObject>();
        while (true)
        {
            var page = (await http.GetFromJsonAsync<JsonObject>($"/v1/channels/{channel}/messages?after={log.Count}&limit=200", Cancelled))!;
            log.AddRange(page["messages"]!.AsArray().Select(message => message!.AsObject()));
            if (!(bool)page["more"]!) return log;
        }
    }

    private static async Task<string> MakeRoomAsync(ServerProcess server)
    {
        using var http = server.Client(server.Token("reader", service: true));
        using var made = await http.PostAsJsonAsync("/v1/rooms", new { type = "private" }, Cancelled);
        return (string)(await made.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["channel"]!;
    }
}
