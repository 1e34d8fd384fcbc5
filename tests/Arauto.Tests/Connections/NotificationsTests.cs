using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Arauto.Channels;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Connections;

/// <summary><c>GET /notifications</c>: a user's notifications as they were published, and nothing else.</summary>
public sealed class NotificationsTests
{
    private const string Channel = "notifications:alice";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"type\":\"message\",\"text\":\"olá\"}")]
    [InlineData("{ \"a\" :\n [1.50, 2e3],\r\n\"b\":\"\\u0041\" }")]
    [InlineData("\"just text\"")]
    [InlineData("null")]
    public async Task A_payload_arrives_byte_for_byte_and_nothing_stands_before_it(string payload)
    {
        await using var node = await TestNode.StartAsync();
        using var client = await ConnectAsync(node, "alice");
        using var service = node.Client("backend", service: true);
        using var body = new StringContent($$"""{"channel":"{{Channel}}","event":"news","data":{{payload}}}""", Encoding.UTF8, "application/json");
        using var published = await service.PostAsync("/v1/publish", body, Cancelled);
        Assert.Equal(200, (int)published.StatusCode);
        Assert.Equal(payload, await ReceiveAsync(client));
    }

    [Fact]
    public async Task A_ping_is_answered_and_every_other_frame_refused()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await ConnectAsync(node, "alice");
        await SendAsync(client, """{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await ReceiveAsync(client));
        foreach (var frame in new[] { """{"type":"subscribe","id":1,"channel":"public:a"}""", """{"type":"publish","id":2,"channel":"public:a","event":"chat","data":1}""", """{"type":"fly"}""", "hello", "[]" })
        {
            await SendAsync(client, frame);
            JsonNode.Parse(await ReceiveAsync(client))!.AsObject().IsError("invalid_message");
        }
        await SendAsync(client, """{"type":"ping","id":3}""");
        Assert.Equal(3, (int)JsonNode.Parse(await ReceiveAsync(client))!["id"]!);
    }

    [Fact]
    public async Task Every_device_gets_the_users_own_and_nothing_else()
    {
        await using var node = await TestNode.StartAsync();
        using var phone = await ConnectAsync(node, "alice");
        using var laptop = await ConnectAsync(node, "alice");
        using var bob = await ConnectAsync(node, "bob");
        await node.PublishAsync("notifications:bob", "\"b1\"");
        await node.PublishAsync("user:alice", "\"system\"");
        await node.PublishAsync("broadcast", "\"all\"");
        await node.PublishAsync(Channel, "\"a1\"");
        await node.PublishAsync(Channel, "\"a2\"");
        await node.PublishAsync("notifications:bob", "\"b2\"");

        foreach (var device in new[] { phone, laptop }) Assert.Equal(["\"a1\"", "\"a2\""], [await ReceiveAsync(device), await ReceiveAsync(device)]);
        Assert.Equal(["\"b1\"", "\"b2\""], [await ReceiveAsync(bob), await ReceiveAsync(bob)]);
        Assert.Equal(6, node.Metrics()["notifications_sent_total"]);
    }

    [Fact]
    public async Task A_connection_is_only_for_who_shows_a_token()
    {
        await using var node = await TestNode.StartAsync();
        foreach (var (query, code) in new[] { ("", "unauthorized"), ("?token=garbage", "unauthorized") })
        {
            using var refused = await HandshakeAsync(node, query);
            await refused.IsErrorAsync(401, code);
        }
        using (var plain = await node.Client("alice").GetAsync("/notifications", Cancelled)) await plain.IsErrorAsync(426, "upgrade_required");
        using (var foreign = await HandshakeAsync(node, $"?token={node.Token("alice")}", ("Origin", "https://evil.example"))) await foreign.IsErrorAsync(403, "origin_not_allowed");
        using (var bearer = await HandshakeAsync(node, "", ("Authorization", $"Bearer {node.Token("alice")}"))) Assert.Equal(101, (int)bearer.StatusCode);
        await node.NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_user_without_the_right_is_refused_and_not_counted()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels["notifications:"].Subscribe = AccessRule.Service);
        using var refused = await HandshakeAsync(node, $"?token={node.Token("alice")}");
        await refused.IsErrorAsync(403, "forbidden");
        await node.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Connections_count_and_a_revocation_ends_them()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.ConnectionsPerUser = 1);
        using var client = await ConnectAsync(node, "alice");
        using (var refused = await HandshakeAsync(node, $"?token={node.Token("alice")}")) await refused.IsErrorAsync(429, "too_many_connections");
        await node.Get<Arauto.Auth.RevocationList>().RevokeUserAsync("alice", null, CancellationToken.None);

        Assert.Equal("token_revoked", (string?)JsonNode.Parse(await ReceiveAsync(client))!["code"]);
        Assert.Equal(4003, await CloseCodeAsync(client));
        await node.NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_heartbeat_is_a_ping_of_the_socket_and_no_frame()
    {
        var time = new ManualTimeProvider();
        await using var node = await TestNode.StartAsync(time: time);
        using var raw = await RawWebSocket.ConnectAsync(node.Http.Port);
        await raw.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake($"Authorization: Bearer {node.Token("alice")}\r\n").Replace("/ws", "/notifications", StringComparison.Ordinal)));
        Assert.StartsWith("HTTP/1.1 101", await raw.ReadHeadAsync());
        await Eventually.TrueAsync("it is subscribed", () => node.Metrics()["arauto_subscriptions"] == 1);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0x89, (await raw.ReadFrameAsync())!.Value.First);
    }

    [Fact]
    public async Task What_a_slow_client_misses_is_announced()
    {
        const int Messages = 300;
        await using var node = await TestNode.StartAsync(options => options.Channels["notifications:"].SlowConsumer = SlowConsumerPolicy.DropOldest);
        using var slow = await ConnectAsync(node, "alice");
        var payload = new string('x', 60_000);
        for (var i = 1; i <= Messages; i++) await node.PublishAsync(Channel, $"[{i},\"{payload}\"]");

        var last = 0L;
        var gaps = 0;
        while (last < Messages)
        {
            var next = JsonNode.Parse(await ReceiveAsync(slow))!;
            if (next is JsonObject gap)
            {
                Assert.Equal(("gap", "slow_consumer", last + 1), (gap.Type(), (string)gap["reason"]!, (long)gap["from"]!));
                last = (long)gap["to"]!;
                gaps++;
            }
            else Assert.Equal(++last, (long)next[0]!);
        }
        Assert.True(gaps > 0, "nothing was dropped");
    }

    [Fact]
    public async Task A_client_that_comes_back_goes_on_with_what_comes_then()
    {
        await using var node = await TestNode.StartAsync();
        using (var first = await ConnectAsync(node, "alice"))
        {
            await node.PublishAsync(Channel, "1");
            Assert.Equal("1", await ReceiveAsync(first));
        }
        await node.NothingIsLeftAsync();
        await node.PublishAsync(Channel, "2");
        using var back = await ConnectAsync(node, "alice");
        await node.PublishAsync(Channel, "3");
        Assert.Equal("3", await ReceiveAsync(back));
    }

    [Fact]
    public async Task A_node_that_drains_says_so()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Drain.SpreadSeconds = 0;
            options.Drain.DeadlineSeconds = 1;
        });
        using var client = await ConnectAsync(node, "alice");
        var stopping = node.StopAsync();
        Assert.Equal("move", JsonNode.Parse(await ReceiveAsync(client))!.AsObject().Type());
        Assert.Equal(1001, await CloseCodeAsync(client));
        await stopping;
    }

    /// <summary>There is no greeting, so the subscription is waited for at the node.</summary>
    private static async Task<ClientWebSocket> ConnectAsync(TestNode node, string user)
    {
        var before = node.Metrics()["arauto_subscriptions"];
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{node.Http.Authority}/notifications?token={node.Token(user)}"), Cancelled);
        await Eventually.TrueAsync("it is subscribed", () => node.Metrics()["arauto_subscriptions"] == before + 1);
        await node.LanesHaveDoneAsync();
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancelled);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        using var late = new CancellationTokenSource(WireClient.Deadline);
        var buffer = new byte[128 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(length), late.Token);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        Assert.Equal(WebSocketMessageType.Text, part.MessageType);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static async Task<int> CloseCodeAsync(ClientWebSocket socket)
    {
        using var late = new CancellationTokenSource(WireClient.Deadline);
        var end = await socket.ReceiveAsync(new byte[1024].AsMemory(), late.Token);
        Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token);
        return (int)socket.CloseStatus!;
    }

    private static async Task<HttpResponseMessage> HandshakeAsync(TestNode node, string query, params (string Name, string Value)[] headers) =>
        await node.Client().GetAsync(
            $"/notifications{query}",
            [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", RawWebSocket.Key), .. headers]);
}
