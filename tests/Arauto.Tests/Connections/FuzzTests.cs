using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Arauto.Hubs;
using Arauto.Presence;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>Random commands, sound and broken, from connections that come and go: the node serves on, and nothing is left of them.</summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);
    private static readonly string[] Users = ["alice", "bob", "carol"];
    private static readonly string[] Channels = ["public:a", "public:b", "user:alice", "user:bob", "broadcast", "doc:1", "nothing", "room:01990000-0000-7000-8000-000000000000", "", "public:\u0000"];
    private static readonly string[] Types = ["subscribe", "unsubscribe", "publish", "history", "presence", "typing", "receipt", "auth", "ping", "fly"];

    [Fact]
    public async Task Nothing_is_left_when_everybody_has_gone()
    {
        var random = Seed.CreateRandom();
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Presence.GraceSeconds = 0;
            options.Limits.SubscriptionsPerConnection = 3;
            options.Limits.CommandsPerSecond = 0;
            options.Channels["public:"].HistoryMessages = 50;
        });
        var watch = Stopwatch.StartNew();
        var clients = Enumerable.Range(0, 8).Select(_ => new Random(random.Next())).Select(own => Task.Run(async () =>
        {
            var sent = 0;
            while (watch.Elapsed < Duration) sent += await LiveAsync(node, own);
            return sent;
        })).ToArray();
        var sent = (await Task.WhenAll(clients)).Sum();
        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} frames");

        await node.NothingIsLeftAsync();
        foreach (var user in Users) Assert.False(node.Get<Hub>().IsConnected(user));
        foreach (var channel in Channels.Where(channel => channel.Length > 0)) Assert.Empty(node.Get<PresenceRegistry>().ListHere(channel));
        Assert.Equal(0, node.Get<Arauto.Publishing.Publisher>().Pending);

        await using var client = await node.ConnectAsync("alice");
        await client.SubscribeAsync("public:after");
        await client.PublishAsync("public:after", 1);
        Assert.Equal(1, (await client.ReceiveAsync("chat")).Offset());
    }

    private static async Task<int> LiveAsync(TestNode node, Random random)
    {
        var user = Users[random.Next(Users.Length)];
        var client = await WireClient.ConnectAsync(node.WebSocket, random.Next(8) == 0 ? null : node.Token(user, service: random.Next(10) == 0), deflate: random.Next(3) == 0);
        var count = random.Next(1, 120);
        var reading = random.Next(5) == 0 ? null : DrainAsync(client.Socket);
        var sent = 0;
        try
        {
            for (; sent < count; sent++)
            {
                var frame = Frame(node, random, user);
                using var timeout = new CancellationTokenSource(WireClient.Deadline);
                await client.Socket.SendAsync(frame, random.Next(200) == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, timeout.Token);
            }
        }
        catch (WebSocketException)
        {
            // The server has closed for what we sent.
        }
        if (random.Next(2) == 0) client.Socket.Abort();
        else await CloseAsync(client.Socket);
        if (reading is not null) await Eventually.EndsAsync("the connection of a client that has closed", reading);
        client.Socket.Dispose();
        return sent;
    }

    private static byte[] Frame(TestNode node, Random random, string user)
    {
        var command = new JsonObject { ["type"] = Types[random.Next(Types.Length)], ["channel"] = Channels[random.Next(Channels.Length)] };
        if (random.Next(4) > 0) command["id"] = random.Next(1000);
        if (random.Next(3) > 0) command["event"] = random.Next(10) == 0 ? "gap" : "chat";
        if (random.Next(3) > 0) command["data"] = new string('x', random.Next(2000));
        if (random.Next(4) == 0) command["key"] = $"k{random.Next(5)}";
        if (random.Next(3) == 0) command["since"] = random.Next(3) == 0 ? "rubbish" : Arauto.Protocol.Cursor.Encode((string)command["channel"]!, new(new((ulong)random.Next(2)), random.Next(100)));
        if (random.Next(3) == 0) command[random.Next(2) == 0 ? "read" : "delivered"] = random.Next(100);
        if (random.Next(3) == 0) command[random.Next(2) == 0 ? "before" : "after"] = random.Next(100);
        if ((string?)command["type"] == "auth") command["token"] = random.Next(6) == 0 ? "rubbish" : node.Token(random.Next(3) > 0 ? user : "alice");
        var bytes = Encoding.UTF8.GetBytes(command.ToJsonString());
        for (var i = random.Next(15) == 0 ? random.Next(5) : 0; i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
        return bytes;
    }

    private static async Task DrainAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Aborted by us, or closed for what we sent.
        }
    }

    private static async Task CloseAsync(ClientWebSocket socket)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server was faster.
        }
    }
}
