using System.Diagnostics;
using System.Text;
using Arauto.Protocol;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>Random requests to <c>/events</c> and <c>/poll</c>, sound and broken, from clients that stay and that go: never a fault of ours, and nothing is left of them.</summary>
public sealed class FollowFuzzTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);
    private static readonly string[] Users = ["alice", "bob", "carol"];
    private static readonly string[] Channels = ["public:a", "public:b", "public:c", "user:alice", "notifications:bob", "broadcast", "doc:1", "nothing", "room:01990000-0000-7000-8000-000000000000", "", " ", "public:%00", "public:*", "public:é", "%ff"];
    private static readonly string[] Waits = ["0", "0", "0.01", "1", "NaN", "-1", "1e308", "Infinity", "x", "0&wait=0"];
    private static readonly string[] Names = ["channels", "since", "wait", "events", "previous", "reconnect", "token", "%", "", "channels[]", "Channels"];
    private static readonly int[] Expected = [200, 400, 401, 403, 404, 414, 429, 431];

    [Fact]
    public async Task Nothing_is_left_when_everybody_has_gone()
    {
        var random = Seed.CreateRandom();
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Presence.GraceSeconds = 0;
            options.Limits.SubscriptionsPerConnection = 4;
            options.Limits.ConnectionsPerUser = 6;
            options.Limits.RequestsPerSecond = 0;
            options.Channels["public:"].HistoryMessages = 50;
        });
        // Otherwise the client reads on for two seconds after it has left a stream.
        using var leaving = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero };
        using var http = new HttpClient(leaving) { BaseAddress = node.Http };
        var watch = Stopwatch.StartNew();
        var clients = Enumerable.Range(0, 8).Select(_ => new Random(random.Next())).Select(own => Task.Run(async () =>
        {
            var statuses = new List<int>();
            while (watch.Elapsed < Duration)
            {
                if (own.Next(3) == 0) await node.PublishAsync(Channels[own.Next(3)], $"\"{new string('x', own.Next(5000))}\"");
                if (await RequestAsync(node, http, own) is { } status) statuses.Add(status);
            }
            return statuses;
        })).ToArray();
        var statuses = (await Task.WhenAll(clients)).SelectMany(each => each).CountBy(status => status).OrderBy(pair => pair.Key).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.Select(pair => $"{pair.Key}: {pair.Value}")));

        Assert.All(statuses, pair => Assert.Contains(pair.Key, Expected));
        Assert.Contains(statuses, pair => pair.Key == 200);
        await node.NothingIsLeftAsync();
        foreach (var user in Users) Assert.False(node.Get<Arauto.Hubs.Hub>().IsConnected(user));
        foreach (var channel in Channels) Assert.Empty(node.Get<Arauto.Presence.PresenceRegistry>().ListHere(channel));

        using var client = await node.FollowAsync("alice", "public:after");
        await node.PublishAsync("public:after");
        Assert.Equal(1, (await client.MessageAsync()).Json.Offset());
    }

    /// <returns>The status; <see langword="null"/> if the client left before it came.</returns>
    private static async Task<int?> RequestAsync(TestNode node, HttpClient http, Random random)
    {
        var isStream = random.Next(2) == 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{(isStream ? "/events" : "/poll")}?{Query(random)}");
        if (random.Next(10) > 0) request.Headers.TryAddWithoutValidation("Authorization", random.Next(15) == 0 ? "Bearer rubbish" : $"Bearer {node.Token(Users[random.Next(Users.Length)])}");
        if (random.Next(4) == 0) request.Headers.TryAddWithoutValidation("Last-Event-ID", Since(random));
        if (random.Next(10) == 0) request.Headers.TryAddWithoutValidation("Origin", Text(random));
        // Long enough for a stream to begin, and often too short for it.
        using var leave = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(30)));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, isStream || random.Next(3) == 0 ? leave.Token : CancellationToken.None);
            if (isStream && response.IsSuccessStatusCode)
            {
                var stream = await response.Content.ReadAsStreamAsync(CancellationToken.None);
                var buffer = new byte[4096];
                for (var reads = random.Next(4); reads > 0; reads--)
                    if (await stream.ReadAsync(buffer, leave.Token) == 0) break;
            }
            return (int)response.StatusCode;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static string Query(Random random)
    {
        var query = new List<string>();
        if (random.Next(20) > 0)
        {
            var few = random.Next(4) > 0 ? 3 : Channels.Length;
            query.Add($"channels={string.Join(random.Next(10) == 0 ? "&channels=" : ",", Enumerable.Range(0, random.Next(1, 5)).Select(_ => Channels[random.Next(few)]))}");
        }
        if (random.Next(2) == 0) query.Add($"since={string.Join(',', Enumerable.Range(0, random.Next(1, 3)).Select(_ => Since(random)))}");
        query.Add($"wait={Waits[random.Next(random.Next(3) == 0 ? Waits.Length : 4)]}");
        if (random.Next(3) == 0) query.Add("events=true");
        if (random.Next(5) == 0) query.Add($"previous={(random.Next(2) == 0 ? "websocket" : Text(random))}&reconnect=true");
        if (random.Next(10) == 0) query.Add($"{Names[random.Next(Names.Length)]}={Text(random)}");
        return string.Join('&', query);
    }

    private static string Since(Random random) => random.Next(8) switch
    {
        0 => Text(random),
        1 => "",
        _ => Cursor.Encode(Channels[random.Next(4)], new Position(new Epoch((ulong)random.Next(2)), random.NextInt64(random.Next(2) == 0 ? 100 : long.MaxValue))),
    };

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(random.Next(20) == 0 ? 12_000 : 30); length > 0; length--) text.Append((char)random.Next(33, 127));
        return text.Replace("#", "").ToString();
    }
}
