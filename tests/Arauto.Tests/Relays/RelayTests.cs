using System.Globalization;
using System.Text;
using Arauto.Backplanes.Links;
using Arauto.Relays;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.EngineIo;
using Arauto.Tests.Transports.WebSockets;
using Arauto.Transports.EngineIo;

namespace Arauto.Tests.Relays;

/// <summary>What is special about sessions whose requests come in on another node: either may go, the bus may be away, and nobody is held up.</summary>
public sealed class RelayTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_session_of_the_node_itself_costs_no_message()
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        var owner = server.Owner;
        var sid = await owner.OpenAsync();
        Assert.StartsWith(EngineIoServer.OwnerName, sid);
        (await owner.PostAsync(sid, "4a")).IsPayload("ok");
        (await owner.GetAsync(sid)).IsPayload("4a");
        using var socket = await owner.UpgradeAsync(sid);
        (await owner.GetAsync(EngineIoServer.OwnerName + "0123456789abcd")).IsUnknownSession();
        Assert.Equal(0, server.Network.Sent);
    }

    [Theory]
    [InlineData("nobody0123456789abcd")]
    [InlineData("owner10123456789abcd")]
    [InlineData("other10123456789abcd")]
    [InlineData("no/dy/0123456789abcd")]
    [InlineData("owner1")]
    [InlineData("x")]
    public async Task A_session_or_node_that_does_not_exist_is_unknown(string sid)
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        (await server.GetAsync(sid)).IsUnknownSession();
        (await server.PostAsync(sid, "4a")).IsUnknownSession();
        using var socket = await RawWebSocket.ConnectAsync(server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake(path: $"{EngineIoServer.Path}?EIO=4&transport=websocket&sid={sid}")));
        var head = await socket.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 400 ", head);
        Assert.Equal("Session ID unknown", await socket.ReadBodyAsync(head));
        Assert.Equal(0, server.Get<EngineIoRelay>().Entrance.Count);
    }

    [Fact]
    public async Task A_session_is_of_one_address_on_every_node()
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        var sid = await server.OpenAsync();
        var relay = server.Get<EngineIoRelay>();
        var ask = RelayAsk.Bare(RelayAskKind.Poll, "/another/", sid);
        var answer = await relay.Entrance.AskAsync(relay.FindOwner(sid)!, ask, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(RelayAnswer.Unknown, answer);
    }

    [Fact]
    public async Task A_WebSocket_that_is_given_up_before_it_opens_leaves_polling_as_it_was()
    {
        await using var server = await EngineIoServer.StartRelayedAsync(time: _time);
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "4a")).IsPayload("ok");
        var relay = server.Get<EngineIoRelay>();
        using var gone = new CancellationTokenSource();

        server.Network.IsDown = true;
        var opening = relay.Entrance.OpenAsync(relay.FindOwner(sid)!, RelayAsk.Bare(RelayAskKind.Upgrade, EngineIoServer.Path, sid), TimeSpan.FromSeconds(30), gone.Token);
        await gone.CancelAsync();
        Assert.Equal(RelayOutcome.Aborted, (await opening).Answer.Outcome);
        server.Network.IsDown = false;

        var poll = server.GetAsync(sid);
        await PassAsync(server, "the session goes on", () => poll.IsCompleted);
        (await poll).IsPayload("4a");
        await PassAsync(server, "the owner has heard of its end", () => server.Owner.Get<EngineIoRelay>().Owner.Count == 0);
        using var socket = await server.UpgradeAsync(sid);
        Assert.Equal(1, relay.Entrance.Count);
    }

    [Fact]
    public async Task Secrets_stay_on_the_node_that_got_them()
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        var heard = new TaskCompletionSource<IReadOnlyDictionary<string, string>>();
        server.Handler.Message = (_, message) =>
        {
            heard.TrySetResult(message.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            return default;
        };
        var sid = await server.OpenAsync();
        await server.SendAsync(HttpMethod.Post, $"?EIO=4&transport=polling&sid={sid}", "4a", request =>
        {
            request.Headers.Add("Authorization", "Bearer secret");
            request.Headers.Add("Cookie", "session=secret");
            request.Headers.Add("X-Custom", ["one", "two"]);
        });
        var headers = await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(["one", "two"], headers["X-Custom"].Split(',', StringSplitOptions.TrimEntries));
        Assert.DoesNotContain(headers, header => header.Value.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_owner_is_killed_its_clients_learn_it_within_seconds()
    {
        await using var server = await EngineIoServer.StartRelayedAsync(time: _time);
        var polling = await server.OpenAsync();
        var poll = await server.ParkAsync(polling);
        var upgraded = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(upgraded);

        server.Network.Remove(EngineIoServer.OwnerName);
        await PassAsync(server, "the poll is answered", () => poll.IsCompleted);

        (await poll).IsUnknownSession();
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        (await server.GetAsync(upgraded)).IsUnknownSession();
        socket.Dispose();
        await Eventually.TrueAsync("nothing is left", () => server.Get<EngineIoRelay>().Entrance.Count == 0);
    }

    [Fact]
    public async Task When_the_node_that_relays_is_killed_the_owner_ends_the_sessions()
    {
        await using var server = await EngineIoServer.StartRelayedAsync(time: _time);
        var polling = await server.OpenAsync();
        var poll = await server.ParkAsync(polling);
        var upgraded = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(upgraded);
        var link = server.Get<EngineIoRelay>().FindOwner(upgraded)!;

        server.Network.Remove(EngineIoServer.EntranceName);
        await PassAsync(server, "both sessions are over", () => server.SessionCount == 0);

        await Eventually.TrueAsync("the handler knows, and no request is left", () => Ends().Length == 2 && server.Owner.Get<EngineIoRelay>().Owner.Count == 0);
        Assert.Equal(["closed transport close", "closed transport error"], Ends());
        // It only does not reach anybody any more, and finds out later: its bus might come back.
        await PassAsync(server, "it gives the owner up", () => link.IsLost);
        (await poll).IsUnknownSession();
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());

        string[] Ends() => [.. server.Handler.Calls.Where(call => call.StartsWith("closed", StringComparison.Ordinal)).Order()];
    }

    [Fact]
    public async Task A_node_that_stops_lets_its_clients_go_and_they_lose_nothing()
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        var upgraded = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(upgraded);
        var polling = await server.OpenAsync();
        var poll = await server.ParkAsync(polling);

        server.Get<EngineIoRelay>().Entrance.Stop();

        (await poll).IsPayload("6");
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        // By another way, here that of the owner itself.
        server.Handler.Session!.Send("still here");
        (await server.Owner.GetAsync(polling)).IsPayload("4still here");
    }

    [Fact]
    public async Task While_the_bus_is_away_sessions_stay_and_nothing_is_lost()
    {
        await using var server = await EngineIoServer.StartRelayedAsync(options => options.PingTimeout = options.PingInterval = TimeSpan.FromMinutes(2), time: _time);
        var upgraded = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(upgraded);
        var first = server.Handler.Session!;
        var polling = await server.OpenAsync();
        var poll = await server.ParkAsync(polling);

        server.Network.IsDown = true;
        await socket.SendAsync(ClientFrame.Text("4up"));
        first.Send("down");
        server.Handler.Session!.Send("poll");
        for (var i = 0; i < 20; i++) _time.Advance(NodeLinks.TickInterval);
        Assert.False(poll.IsCompleted);
        Assert.DoesNotContain("text up", server.Handler.Calls);
        server.Network.IsDown = false;

        await PassAsync(server, "the poll is answered", () => poll.IsCompleted);
        (await poll).IsPayload("4poll");
        await PassAsync(server, "the message arrives", () => server.Handler.Calls.Contains("text up"));
        Assert.Equal("4down", await socket.ReadTextAsync());
        Assert.Equal("4up", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_its_own_session_only()
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        var slow = await server.OpenAsync();
        using var silent = await server.UpgradeAsync(slow);
        var session = server.Handler.Session!;
        var other = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(other);

        // Until no completion follows any more: the window and the kernel's buffers are full.
        var frame = EngineIoFrames.Binary(new byte[64 * 1024]);
        var completions = 0;
        do
        {
            while (session.SendFrames([frame]))
            {
            }
        }
        while (await CompletesAsync(++completions));
        await socket.SendAsync(ClientFrame.Text("4still here"));
        Assert.Equal("4still here", await socket.ReadTextAsync());
        Assert.Equal("websocket", session.Transport);

        // The end is not held up for ever either.
        session.Close();
        await silent.WaitForEndAsync();

        async Task<bool> CompletesAsync(int times)
        {
            for (var wait = 0; wait < 100; wait++)
            {
                if (server.Handler.Calls.Count(call => call == "completed") >= times) return true;
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
            return false;
        }
    }

    [Fact]
    public async Task A_busy_handler_holds_up_its_own_client_only_and_loses_nothing()
    {
        await using var server = await EngineIoServer.StartRelayedAsync();
        var release = new TaskCompletionSource();
        var (heard, failed) = (0, false);
        server.Handler.Message = async (session, message) =>
        {
            if (message.Data.Length < 100)
            {
                await RecordingHandler.Echo(session, message);
                return;
            }
            await release.Task;
            failed |= BitConverter.ToInt32(message.Data.Span) != heard++;
        };
        var busy = await server.OpenAsync();
        using var flood = await server.UpgradeAsync(busy);
        var other = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(other);
        const int Messages = 400;
        var flooding = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                var message = new byte[50_000];
                BitConverter.TryWriteBytes(message, i);
                await flood.SendAsync(ClientFrame.Create(0x82, message));
            }
        }, TestContext.Current.CancellationToken);
        await socket.SendAsync(ClientFrame.Text("4still here"));
        Assert.Equal("4still here", await socket.ReadTextAsync());
        // Of 20 MB the node that relays has taken no more than its buffers and the window.
        await Task.WhenAny(flooding, Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        Assert.False(flooding.IsCompleted);
        release.SetResult();
        await Eventually.EndsAsync("the flood", flooding);
        await Eventually.TrueAsync("all is heard", () => heard == Messages);
        Assert.False(failed);
    }

    [Fact]
    public async Task Over_a_bus_that_loses_and_doubles_sessions_and_upgrades_lose_and_double_nothing()
    {
        const int Messages = 60;
        var random = Seed.CreateRandom();
        var conversation = new Conversation(Messages, random.Next());
        // What is lost comes again after three seconds, and may be lost once more.
        await using var server = await EngineIoServer.StartRelayedAsync(options => options.UpgradeTimeout = TimeSpan.FromMinutes(1), conversation);
        // The nodes know each other before.
        (await server.GetAsync(EngineIoServer.OwnerName + "0123456789abcd")).IsUnknownSession();
        server.Network.Copies = _ => random.Next(150) switch { 0 => 0, < 10 => 2, _ => 1 };
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            var sid = await server.OpenAsync();
            var talk = conversation.Talks[sid];
            var client = new UpgradingClient(server, sid, Messages, new Random(i));
            await client.RunAsync();
            await Eventually.TrueAsync("the session is over", () => talk.Heard.Contains("closed transport close"));
            Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"4{number}"), client.Heard);
            Assert.Equal([.. Enumerable.Range(0, Messages).Select(number => number.ToString(CultureInfo.InvariantCulture)), "closed transport close"], talk.Heard);
        }));
    }

    /// <summary>Waits, while the clock goes on; no faster than the bus delivers, or the nodes would give each other up.</summary>
    private Task PassAsync(EngineIoServer server, string what, Func<bool> condition) => Eventually.TrueAsync(() => what, async () =>
    {
        if (condition()) return true;
        await server.Network.DeliveredAsync();
        _time.Advance(NodeLinks.TickInterval / 4);
        return false;
    });
}
