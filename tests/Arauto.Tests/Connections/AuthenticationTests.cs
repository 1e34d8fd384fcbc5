using System.Net;
using Arauto.Auth;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

public sealed class AuthenticationTests
{
    private static readonly ManualTimeProvider LongAgo = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(2));

    private static string Expired => new TokenIssuer(new AuthOptions { JwtSecret = TestNode.Secret }, LongAgo).Issue("alice", TimeSpan.FromHours(1));

    private static string OtherKey => new TokenIssuer(new AuthOptions { JwtSecret = new string('x', 40) }, TimeProvider.System).Issue("alice", TimeSpan.FromHours(1));

    [Fact]
    public async Task A_token_may_come_in_the_header_in_the_query_or_in_the_first_frame()
    {
        await using var node = await TestNode.StartAsync(options => options.Heartbeat.IntervalSeconds = 20);
        var token = node.Token("alice");
        await using var header = await WireClient.ConnectAsync(node.WebSocket, token);
        await using var query = await WireClient.ConnectAsync(new Uri($"{node.WebSocket}?token={token}"), null);
        await using var frame = await WireClient.ConnectAsync(node.WebSocket, null);
        var reply = (await frame.AskAsync(new { type = "auth", token })).IsReply();

        Assert.Equal("alice", (string?)reply["user"]);
        Assert.NotNull(reply["expires"]);
        foreach (var client in new[] { header, query, frame })
        {
            var connected = await client.ReceiveAsync("connected");
            Assert.Equal(("alice", "test", 20, 90), ((string)connected["user"]!, (string)connected["node"]!, (int)connected["heartbeat"]!["interval"]!, (int)connected["heartbeat"]!["timeout"]!));
            Assert.NotEqual("", (string?)connected["connection"]);
        }
    }

    [Fact]
    public async Task A_handshake_with_a_bad_token_gets_401_and_says_why()
    {
        await using var node = await TestNode.StartAsync();
        foreach (var (token, code) in new[] { ("garbage", "unauthorized"), (OtherKey, "unauthorized"), (Expired, "token_expired") })
        {
            using var byHeader = await node.HandshakeAsync(token);
            await byHeader.IsErrorAsync(401, code);
            Assert.Equal("Bearer", byHeader.Headers.WwwAuthenticate.Single().Scheme);
            using var byQuery = await node.HandshakeAsync(query: $"?token={token}");
            await byQuery.IsErrorAsync(401, code);
        }
        await Eventually.TrueAsync("nothing is left", () => node.Get<Arauto.Hubs.Hub>().ConnectionCount == 0 && node.Get<Arauto.Limits.ConnectionCounts>().Users == 0);
    }

    [Fact]
    public async Task A_first_frame_with_a_bad_token_gets_an_error_and_a_close()
    {
        await using var node = await TestNode.StartAsync();
        foreach (var (token, code, close) in new[] { ("garbage", "unauthorized", 4001), (OtherKey, "unauthorized", 4001), (Expired, "token_expired", 4002) })
        {
            await using var client = await WireClient.ConnectAsync(node.WebSocket, null);
            (await client.AskAsync(new { type = "auth", token })).IsError(code);
            var end = await client.ReadToEndAsync();
            Assert.Equal((close, code), (end.Code, end.Reason));
        }
    }

    [Fact]
    public async Task Commands_before_the_token_are_refused_and_the_connection_may_still_authenticate()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WireClient.ConnectAsync(node.WebSocket, null);
        foreach (var type in new[] { "subscribe", "unsubscribe", "presence", "history", "typing" })
            (await client.AskAsync(new { type, channel = "public:a" })).IsError("unauthorized");
        (await client.PublishAsync("public:a")).IsError("unauthorized");
        (await client.AskAsync(new { type = "receipt", channel = "public:a", read = 1 })).IsError("unauthorized");
        Assert.Equal("pong", (await client.AskAsync(new { type = "ping" })).Type());

        (await client.AskAsync(new { type = "auth", token = node.Token("alice") })).IsReply();

        (await client.SubscribeAsync("public:a")).IsReply();
    }

    [Fact]
    public async Task Commands_behind_the_token_wait_for_it()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WireClient.ConnectAsync(node.WebSocket, null);
        await client.SendAsync(new { type = "auth", id = 1001, token = node.Token("alice") });
        await client.SendAsync(new { type = "subscribe", id = 1002, channel = "public:a" });
        await client.SendAsync(new { type = "publish", id = 1003, channel = "public:a", @event = "chat", data = 1 });

        Assert.Equal(1001, (long)(await client.ReceiveAsync()).IsReply()["id"]!);
        Assert.Equal(1002, (long)(await client.ReceiveAsync()).IsReply()["id"]!);
        var rest = new[] { (await client.ReceiveAsync()).Type(), (await client.ReceiveAsync()).Type() };
        Assert.Equal(["chat", "reply"], rest.Order());
    }

    [Fact]
    public async Task A_connection_without_a_token_is_closed_in_time()
    {
        var time = new ManualTimeProvider();
        await using var node = await TestNode.StartAsync(time: time);
        await using var silent = await WireClient.ConnectAsync(node.WebSocket, null);
        await using var known = await node.ConnectAsync("alice");
        await known.ReceiveAsync("connected");
        await silent.AskAsync(new { type = "ping" });

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("pong", (await silent.AskAsync(new { type = "ping" })).Type());
        time.Advance(TimeSpan.FromSeconds(2));

        var end = await silent.ReadToEndAsync();
        Assert.Equal(4004, end.Code);
        Assert.Equal("unauthorized", (string?)end.Frames[^1]["code"]);
        Assert.Equal("pong", (await known.AskAsync(new { type = "ping" })).Type());
    }

    [Fact]
    public async Task A_user_holds_as_many_connections_as_allowed()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.ConnectionsPerUser = 2);
        var first = await node.ConnectAsync("alice");
        await using var second = await WireClient.ConnectAsync(node.WebSocket, null);
        (await second.AskAsync(new { type = "auth", token = node.Token("alice") })).IsReply();

        using (var refused = await node.HandshakeAsync(node.Token("alice"))) await refused.IsErrorAsync(429, "too_many_connections");
        await using var third = await WireClient.ConnectAsync(node.WebSocket, null);
        (await third.AskAsync(new { type = "auth", token = node.Token("alice") })).IsError("too_many_connections");
        Assert.Equal(4005, (await third.ReadToEndAsync()).Code);
        await using var other = await node.ConnectAsync("bob");

        await first.DisposeAsync();
        await Eventually.TrueAsync("a place is free again", async () =>
        {
            using var response = await node.HandshakeAsync(node.Token("alice"));
            return response.StatusCode == HttpStatusCode.SwitchingProtocols;
        });
    }

    [Fact]
    public async Task An_address_opens_connections_at_its_rate()
    {
        var time = new ManualTimeProvider();
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Limits.ConnectionsPerSecond = 5;
                options.Limits.ConnectionBurst = 3;
            },
            time: time);
        for (var i = 0; i < 3; i++) await (await node.ConnectAsync("alice")).DisposeAsync();

        using (var refused = await node.HandshakeAsync(node.Token("alice")))
        {
            await refused.IsErrorAsync(429, "rate_limited");
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }
        time.Advance(TimeSpan.FromMilliseconds(200));
        await (await node.ConnectAsync("alice")).DisposeAsync();
        using (var again = await node.HandshakeAsync(node.Token("alice"))) await again.IsErrorAsync(429, "rate_limited");
    }

    [Fact]
    public async Task Pages_of_foreign_origins_and_other_requests_are_refused()
    {
        await using var node = await TestNode.StartAsync();
        var token = node.Token("alice");
        using (var foreign = await node.HandshakeAsync(token, "", ("Origin", "https://evil.example"))) await foreign.IsErrorAsync(403, "origin_not_allowed");
        using (var local = await node.HandshakeAsync(token, "", ("Origin", "http://localhost:3000"))) Assert.Equal(101, (int)local.StatusCode);
        using (var protocol = await node.HandshakeAsync(token, "", ("Sec-WebSocket-Protocol", "mqtt"))) await protocol.IsErrorAsync(400, "unsupported_protocol");
        using var http = node.Client("alice");
        using var plain = await http.GetAsync("/ws", TestContext.Current.CancellationToken);
        await plain.IsErrorAsync(426, "upgrade_required");
    }
}
