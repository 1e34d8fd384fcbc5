using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Arauto.Client;
using Arauto.Protocol.Frames;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;

namespace Arauto.Server.Tests.CommandLine;

/// <summary>The .NET client and the command line over every transport, against a real server.</summary>
public sealed class TransportTests : IDisposable
{
    private const string Channel = "doc:1";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("auto", "WebSocket")]
    [InlineData("ws", "WebSocket")]
    [InlineData("sse", "Server-Sent Events")]
    [InlineData("poll", "long polling")]
    public async Task Listen_prints_the_same_over_every_transport_and_its_state_lines_name_it(string transport, string name)
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        var token = server.Token("s1", service: true);
        string[] connect = ["--url", $"{server.Http}", "--token", token, "--transport", transport];
        await using var listener = ArautoProcess.Start(_folder.Path, ["listen", .. connect, "--channel", Channel, "--channel", "doc:2", "--count", "3"]);
        await listener.ErrorAsync("it is connected", line => line.StartsWith("connected as s1", StringComparison.Ordinal) && line.EndsWith($" over {name}", StringComparison.Ordinal));
        await listener.ErrorAsync("it is subscribed", line => line.StartsWith("subscribed to doc:1", StringComparison.Ordinal));
        await listener.ErrorAsync("it is subscribed", line => line.StartsWith("subscribed to doc:2", StringComparison.Ordinal));
        foreach (var (channel, data) in new[] { (Channel, "1"), ("doc:2", "2"), (Channel, """{"a":[1,"ü"]}""") })
        {
            var run = await ArautoProcess.RunAsync(_folder.Path, ["publish", .. connect, "--channel", channel, "--event", "edit", "--data", data]);
            Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        }
        Assert.Equal(0, await listener.ExitAsync());
        // Channels are read side by side, and only within one there is an order.
        var heard = listener.Output.Select(line => JsonNode.Parse(line)!).ToLookup(message => (string)message["channel"]!);
        Assert.Equal(["1", """{"a":[1,"ü"]}"""], heard[Channel].Select(message => message["data"]!.ToJsonString(Plain)));
        Assert.Equal(["2"], heard["doc:2"].Select(message => message["data"]!.ToJsonString(Plain)));

        var cursor = (string)heard[Channel].First()["cursor"]!;
        await using var late = ArautoProcess.Start(_folder.Path, ["listen", .. connect, "--channel", Channel, "--since", cursor, "--count", "1"]);
        Assert.Equal(0, await late.ExitAsync());
        Assert.Equal(3, (int)JsonNode.Parse(late.Output.Single())!["offset"]! + 1);
    }

    [Theory]
    [InlineData(TransportKind.WebSocket)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    public async Task Every_call_and_event_works_over_every_transport(TransportKind transport)
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var alice = new ArautoClient(new ArautoClientOptions { Url = server.Http, Token = server.Token("alice"), Transport = transport });
        await using var bob = new ArautoClient(new ArautoClientOptions { Url = server.Http, Token = server.Token("bob"), Transport = transport });
        var told = new ConcurrentQueue<string>();
        bob.PresenceChanged += (_, e) => told.Enqueue($"{e.User} {(e.Joined ? "joined" : "left")}");
        bob.Typing += (_, e) => told.Enqueue($"{e.User} types");
        bob.ReceiptChanged += (_, e) => told.Enqueue($"{e.Receipt.User} read {e.Receipt.Read}");
        var subscribed = 0;
        bob.Subscribed += (_, _) => Interlocked.Increment(ref subscribed);
        var heardByBob = Read(bob, "public:a", null);
        await Until(() => Volatile.Read(ref subscribed) == 1, "bob is subscribed");
        var heardByAlice = Read(alice, "public:a", null);
        await Heard("alice joined", async () => (await bob.PresenceAsync("public:a", Cancelled)).Any(user => user.User == "alice"));

        var result = await alice.PublishAsync("public:a", "chat", new { text = "hi" }, key: "K", cancellationToken: Cancelled);
        Assert.Equal(result.MessageId, (await alice.PublishAsync("public:a", "chat", new { text = "hi" }, key: "K", cancellationToken: Cancelled)).MessageId);
        await Until(() => heardByBob.Count == 1 && heardByAlice.Count == 1, "both have the message");
        await Heard("alice types", () => Task.FromResult(false), again: () => alice.SendTyping("public:a"));
        await alice.SendReceiptAsync("public:a", delivered: 1, read: 1, cancellationToken: Cancelled);
        await Heard("alice read 1", async () => (await bob.ReceiptsAsync("public:a", Cancelled)).Contains(new Receipt("alice", 1, 1)));
        Assert.Contains(new Receipt("alice", 1, 1), await bob.ReceiptsAsync("public:a", Cancelled));
        Assert.Equal(["alice", "bob"], (await bob.PresenceAsync("public:a", Cancelled)).Select(user => user.User));
        var page = await bob.HistoryAsync("public:a", limit: 10, cancellationToken: Cancelled);
        Assert.Equal((result.MessageId, result.Position), (Assert.Single(page.Messages).Id, page.Position));
        Assert.True(await bob.PingAsync(Cancelled) > TimeSpan.Zero);
        Assert.Equal(transport, bob.Status.Transport);
        var error = await Assert.ThrowsAsync<ArautoException>(() => bob.PublishAsync("broadcast", "chat", 1, cancellationToken: Cancelled));
        Assert.Equal("forbidden", error.Code);

        // What is not kept reaches a client that polls only while it waits: it is said again, or asked for.
        Task Heard(string what, Func<Task<bool>> isKnown, Action? again = null) => Arauto.Tests.Support.Eventually.TrueAsync($"bob hears: {what}", async () =>
        {
            again?.Invoke();
            return told.Contains(what) || (transport == TransportKind.LongPolling && await isKnown());
        });
    }

    [Fact]
    public async Task Counter_arrives_complete_in_order_and_once_while_a_proxy_blocks_websockets_then_streams_then_heals()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var proxy = await BlockingProxy.StartAsync(server.Http);
        var token = server.Token("s1", service: true);
        await using var publisher = new ArautoClient(new ArautoClientOptions { Url = server.Http, Token = token });
        await using var client = new ArautoClient(new ArautoClientOptions
        {
            Url = proxy.Url,
            Token = token,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            FirstReconnectDelay = TimeSpan.FromMilliseconds(100),
            ProbeInterval = TimeSpan.FromMilliseconds(300),
            MaxProbeInterval = TimeSpan.FromMilliseconds(600),
        });
        var (gaps, subscribed) = (0, 0);
        client.Subscribed += (_, _) => Interlocked.Increment(ref subscribed);
        client.Gap += (_, _) => Interlocked.Increment(ref gaps);
        var heard = Read(client, Channel, null);
        await Until(() => Volatile.Read(ref subscribed) == 1 && client.Status.Transport == TransportKind.WebSocket, "it is subscribed over WebSocket");
        using var enough = new CancellationTokenSource();
        var counting = CountAsync(publisher, enough.Token);
        for (var round = 0; round < 2; round++)
        {
            proxy.BlocksWebSockets = true;
            await HopAsync(TransportKind.ServerSentEvents);
            proxy.BlocksStreams = true;
            await HopAsync(TransportKind.LongPolling);
            proxy.BlocksStreams = false;
            await OverAsync(TransportKind.ServerSentEvents);
            proxy.BlocksWebSockets = false;
            await OverAsync(TransportKind.WebSocket);
        }
        await enough.CancelAsync();
        var last = await counting;
        await Until(() => heard.LastOrDefault() == last, $"the last of {last} messages");
        Assert.Equal(Enumerable.Range(1, last), heard);
        Assert.Equal(0, gaps);

        async Task HopAsync(TransportKind next)
        {
            proxy.Cut();
            await OverAsync(next);
        }

        async Task OverAsync(TransportKind next)
        {
            await Until(() => client.Status.State == ConnectionState.Connected && client.Status.Transport == next, $"{next}");
            var before = heard.Count;
            await Until(() => heard.Count >= before + 5, $"five messages over {next}");
        }
    }

    private static async Task<int> CountAsync(ArautoClient publisher, CancellationToken enough)
    {
        var n = 0;
        while (!enough.IsCancellationRequested) await publisher.PublishAsync(Channel, "edit", ++n, cancellationToken: Cancelled);
        return n;
    }

    private static ConcurrentQueue<int> Read(ArautoClient client, string channel, string? since)
    {
        var heard = new ConcurrentQueue<int>();
        _ = Task.Run(async () =>
        {
            await foreach (var message in client.SubscribeAsync(channel, since, Cancelled))
                heard.Enqueue(JsonNode.Parse(message.Data.Span) is JsonValue value ? (int)value : 0);
        });
        return heard;
    }

    private static Task Until(Func<bool> condition, string what) => Arauto.Tests.Support.Eventually.TrueAsync(what, condition);
}
