using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Arauto.Gateways;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo;

/// <summary>Clients that lose their connection and come back: nothing missing, nothing twice, the same order for everybody.</summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const string Lobby = "public:lobby";
    private const string Room = "r1";

    [Fact]
    public async Task A_thousand_forced_disconnects_under_two_publishers_lose_and_double_nothing()
    {
        var seed = Seed.CreateRandom().Next(1 << 30);
        await using var node = await StartAsync();
        var sockets = node.Get<SocketServer>();
        var clients = Enumerable.Range(0, 10).Select(i => new Client(node, $"user{i}", new Random(seed + i))).ToArray();
        foreach (var client in clients) await client.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var publishers = Enumerable.Range(0, 2).Select(p => Task.Run(() => PublishAsync(sockets, p, clients, stop.Token))).ToArray();

        await Task.WhenAll(clients.Select(client => Task.Run(() => client.WanderAsync(100))));

        await stop.CancelAsync();
        var last = await Task.WhenAll(publishers);
        // At once: who is not read answers no pings.
        await Task.WhenAll(clients.Select(client => Task.Run(() => client.ReadUpToAsync(last))));
        foreach (var client in clients)
        {
            Assert.Equal(100, client.Recoveries);
            Assert.Equal(Shared(clients[0], Room), Shared(client, Room));
            Assert.Equal(Shared(clients[0], Lobby), Shared(client, Lobby));
            Assert.Equal(Shared(clients[0], "all"), Shared(client, "all"));
            await client.DisposeAsync();
        }
        output.WriteLine($"{last.Sum()} rounds of events, {clients.Sum(client => client.Events)} received");

        // All clients were there before the first event, so the order is comparable from the beginning.
        static IEnumerable<(int Publisher, int Number)> Shared(Client client, string kind) => client.Seen[kind];
    }

    [Fact]
    public async Task It_recovers_before_the_first_event_and_again_and_again()
    {
        await using var node = await StartAsync();
        var sockets = node.Get<SocketServer>();
        var client = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        var (sid, pid) = (client.Sid, client.RecoveryId);
        for (var i = 1; i <= 3; i++)
        {
            await client.DisposeAsync();
            client = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: client);
            Assert.Equal((sid, pid), (client.Sid, client.RecoveryId));
        }

        client.Abort();
        await sockets.To(Room).EmitAsync("missed", 1);
        await sockets.To(sid).EmitAsync("missed", 2);
        await sockets.EmitAsync("missed", 3);
        await using var back = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: client);

        Assert.Equal(sid, back.Sid);
        var missed = new[] { await back.EventAsync(), await back.EventAsync(), await back.EventAsync() };
        Assert.Equal([1, 2, 3], missed.Select(e => (int)e[1]!).Order());
    }

    [Fact]
    public async Task A_namespace_that_was_left_for_good_and_another_user_recover_nothing()
    {
        await using var node = await StartAsync();
        await using var left = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        await left.SendAsync("41");
        await GoneAsync(node);
        await using var afterwards = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: left);
        Assert.NotEqual(left.Sid, afterwards.Sid);

        afterwards.Abort();
        await using var thief = await SocketIoClient.ConnectAsync(node.Http, node.Token("mallory"), before: afterwards);
        Assert.NotEqual(afterwards.Sid, thief.Sid);
        Assert.NotEqual(afterwards.RecoveryId, thief.RecoveryId);
    }

    [Fact]
    public async Task Who_comes_too_late_or_with_an_offset_of_nobody_begins_anew()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var node = await StartAsync(time);
        await using var client = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        client.Abort();
        await GoneAsync(node);
        time.Advance(TimeSpan.FromSeconds(121));
        await using var late = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: client);
        Assert.NotEqual(client.Sid, late.Sid);

        await late.SendAsync($$"""40/other,{"token":"{{node.Token("anna")}}","pid":"{{late.RecoveryId}}","offset":"nonsense"}""");
        Assert.DoesNotContain(late.RecoveryId!, await late.PacketAsync());
    }

    [Fact]
    public async Task After_a_restart_of_the_server_a_client_begins_anew_and_knows_it()
    {
        var before = await StartAsync();
        await using var client = await SocketIoClient.ConnectAsync(before.Http, before.Token("anna"));
        await before.Get<SocketServer>().To(Room).EmitAsync("seen", 1);
        await client.EventAsync();
        await before.DisposeAsync();

        await using var after = await StartAsync();
        await using var back = await SocketIoClient.ConnectAsync(after.Http, after.Token("anna"), before: client);

        Assert.NotEqual((client.Sid, client.RecoveryId), (back.Sid, back.RecoveryId));
        await after.Get<SocketServer>().To(Room).EmitAsync("new", 2);
        Assert.Equal("""["new",2]""", (await back.EventAsync()).ToJsonString());
    }

    [Fact]
    public async Task A_socket_in_more_rooms_than_a_cursor_names_hears_all_of_them_and_begins_anew()
    {
        await using var node = await TestNode.StartAsync(map: app => app.MapGateway("/")
            .OnConnecting(async (ConnectContext context) => await context.Socket.JoinAsync([.. Enumerable.Range(0, 200).Select(i => $"r{i}")])));
        await using var client = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        var sockets = node.Get<SocketServer>();
        for (var i = 0; i < 200; i++) await sockets.To($"r{i}").EmitAsync("room", i);
        for (var i = 0; i < 200; i++) Assert.Equal(i, (int)(await client.EventAsync())[1]!);

        client.Abort();
        await using var back = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: client);

        Assert.NotEqual(client.Sid, back.Sid);
    }

    [Fact]
    public async Task Data_and_rooms_come_back_and_the_sender_does_not_get_its_own_broadcast()
    {
        await using var node = await StartAsync();
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        await using var bert = await SocketIoClient.ConnectAsync(node.Http, node.Token("bert"));
        await anna.AskAsync(1, "remember", "blue");
        await anna.AskAsync(2, "broadcast", 1);
        Assert.Equal("""["broadcast",1]""", (await bert.EventAsync()).ToJsonString());

        anna.Abort();
        await using var back = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: anna);

        Assert.Equal($"""["blue",true,["{Lobby}","{Room}"]]""", (await back.AskAsync(3, "recall")).ToJsonString());
        await node.Get<SocketServer>().To(Room).EmitAsync("end", 2);
        Assert.Equal("""["end",2]""", (await back.EventAsync()).ToJsonString());
    }

    private static async Task<int> PublishAsync(SocketServer sockets, int publisher, Client[] clients, CancellationToken stop)
    {
        var round = 0;
        while (!stop.IsCancellationRequested)
        {
            round++;
            await sockets.To(Room).EmitAsync(Room, publisher, round);
            await sockets.To(Lobby).EmitAsync(Lobby, publisher, round);
            await sockets.EmitAsync("all", publisher, round);
            foreach (var client in clients) await sockets.To(client.Sid).EmitAsync("own", publisher, round);
            // At the pace of the disconnects, however slow the machine: what is kept has a bound, too.
            do await Task.Delay(5, CancellationToken.None);
            while (round > 20 + clients.Sum(client => client.Recoveries) && !stop.IsCancellationRequested);
        }
        return round;
    }

    /// <summary>Waits until nobody is there any more, and whoever may come back is put aside.</summary>
    private static async Task GoneAsync(TestNode node)
    {
        await Eventually.TrueAsync("it has gone", async () => (await node.Get<SocketServer>().Of("/").FetchSocketsAsync()).Count == 0);
        await node.LanesHaveDoneAsync();
    }

    private static Task<TestNode> StartAsync(TimeProvider? time = null) => TestNode.StartAsync(
        options =>
        {
            options.Channels["public:"].Presence = false;
            // However far a client falls behind, everything is kept.
            options.Channels["public:"].HistoryMessages = options.Channels["io:"].HistoryMessages = 0;
        },
        time: time,
        map: app =>
        {
            app.MapGateway("/")
                .OnConnecting(async (ConnectContext context) => await context.Socket.JoinAsync(Room, Lobby))
                .On("remember", (Socket socket, string text) => socket.Data["text"] = text)
                .On("broadcast", (Socket socket, int number) => socket.To(Room).EmitAsync("broadcast", number))
                .On("recall", (Socket socket) => EventArguments.From([socket.Data["text"], socket.Recovered, socket.Rooms.Where(room => room != socket.Id).Order(StringComparer.Ordinal)]));
            app.MapGateway("/other");
        });

    /// <summary>A client that goes on behind what it has seen, and checks that nothing is missing or twice.</summary>
    private sealed class Client(TestNode node, string user, Random random) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<(string, int), int> _last = new();
        private SocketIoClient? _client;

        public string Sid { get; private set; } = "";

        public int Recoveries { get; private set; }

        public int Events { get; private set; }

        public Dictionary<string, List<(int Publisher, int Number)>> Seen { get; } = new(StringComparer.Ordinal) { [Room] = [], [Lobby] = [], ["all"] = [], ["own"] = [] };

        public async Task ConnectAsync()
        {
            var before = _client;
            _client = await SocketIoClient.ConnectAsync(node.Http, node.Token(user), before: before);
            if (before is null)
            {
                Sid = _client.Sid;
                return;
            }
            Assert.Equal((before.Sid, before.RecoveryId), (_client.Sid, _client.RecoveryId));
            Recoveries++;
            await before.DisposeAsync();
        }

        public async Task WanderAsync(int disconnects)
        {
            for (var i = 0; i < disconnects; i++)
            {
                // Often at once, so that replays are cut off too; sometimes long enough to be live again.
                for (var reads = random.Next(3) == 0 ? random.Next(40) : random.Next(4); reads > 0; reads--) Take(await _client!.EventAsync());
                _client!.Abort();
                await ConnectAsync();
            }
        }

        public async Task ReadUpToAsync(int[] last)
        {
            for (var publisher = 0; publisher < last.Length; publisher++)
                foreach (var kind in Seen.Keys)
                    while (_last.GetValueOrDefault((kind, publisher)) < last[publisher]) Take(await _client!.EventAsync());
        }

        public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? default;

        private void Take(JsonArray e)
        {
            var (kind, publisher, number) = ((string)e[0]!, (int)e[1]!, (int)e[2]!);
            Assert.Equal(_last.GetValueOrDefault((kind, publisher)) + 1, number);
            _last[(kind, publisher)] = number;
            Seen[kind].Add((publisher, number));
            Events++;
        }
    }
}
