using System.Net.Http.Json;
using System.Text.Json;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>What becomes of live connections when their token is replaced, expires or is revoked.</summary>
public sealed class TokenLifeTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_token_of_the_same_user_prolongs_a_live_connection()
    {
        await using var node = await StartAsync();
        await using var client = await WireClient.ConnectAsync(node.WebSocket, node.Token("alice", lifetime: TimeSpan.FromSeconds(20)));
        await client.SubscribeAsync("public:a");
        _time.Advance(TimeSpan.FromSeconds(10));

        (await client.AskAsync(new { type = "auth", token = node.Token("alice", lifetime: TimeSpan.FromSeconds(60)) })).IsReply();
        _time.Advance(TimeSpan.FromSeconds(15));

        await client.PublishAsync("public:a", 1);
        await client.ReceiveAsync("chat");
        _time.Advance(TimeSpan.FromSeconds(46));
        Assert.Equal(4002, (await client.ReadToEndAsync()).Code);
    }

    [Fact]
    public async Task A_token_of_another_user_or_a_bad_one_changes_nothing()
    {
        await using var node = await StartAsync();
        await using var client = await node.ConnectAsync("alice");
        await client.SubscribeAsync("public:a");

        (await client.AskAsync(new { type = "auth", token = node.Token("bob") })).IsError("forbidden");
        (await client.AskAsync(new { type = "auth", token = "garbage" })).IsError("unauthorized");

        await client.PublishAsync("public:a", 1);
        Assert.Equal("alice", (string?)(await client.ReceiveAsync("chat"))["from"]);
    }

    [Fact]
    public async Task Rights_that_a_new_token_takes_away_end_their_subscriptions_only()
    {
        await using var node = await StartAsync();
        var rights = new Dictionary<string, JsonElement> { ["channels"] = JsonSerializer.SerializeToElement(new Dictionary<string, string[]> { ["doc:*"] = ["subscribe"] }) };
        await using var client = await WireClient.ConnectAsync(node.WebSocket, node.Token("alice", claims: rights));
        await using var service = await node.ConnectAsync("backend", service: true);
        (await client.SubscribeAsync("doc:7")).IsReply();
        (await client.SubscribeAsync("public:a")).IsReply();

        (await client.AskAsync(new { type = "auth", token = node.Token("alice") })).IsReply();

        Assert.Equal("doc:7", (string?)(await client.ReceiveAsync("error")).IsError("forbidden")["channel"]);
        (await service.PublishAsync("doc:7", 1, "edit")).IsReply();
        (await service.PublishAsync("public:a", 2, "edit")).IsReply();
        Assert.Equal("public:a", (string?)(await client.ReceiveAsync("edit"))["channel"]);
        (await client.SubscribeAsync("doc:7")).IsError("forbidden");
    }

    [Fact]
    public async Task An_expired_token_ends_its_connection_within_a_second()
    {
        await using var node = await StartAsync();
        await using var client = await WireClient.ConnectAsync(node.WebSocket, node.Token("alice", lifetime: TimeSpan.FromSeconds(20)));
        await using var other = await node.ConnectAsync("bob");
        await client.SubscribeAsync("public:a");
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("pong", (await client.AskAsync(new { type = "ping" })).Type());

        _time.Advance(TimeSpan.FromSeconds(2));

        var end = await client.ReadToEndAsync();
        Assert.Equal((4002, "token_expired"), (end.Code, (string?)end.Frames[^1]["code"]));
        Assert.Equal("pong", (await other.AskAsync(new { type = "ping" })).Type());
    }

    [Fact]
    public async Task An_expired_token_ends_its_connection_after_the_process_had_stood_still()
    {
        await using var node = await StartAsync();
        await using var client = await WireClient.ConnectAsync(node.WebSocket, node.Token("alice", lifetime: TimeSpan.FromSeconds(20)));
        await client.ReceiveAsync("connected");
        using (await LaneBlock.HoldAsync(node)) _time.Advance(TimeSpan.FromMinutes(10));

        var end = await client.ReadToEndAsync();
        Assert.Equal(4002, end.Code);
    }

    [Fact]
    public async Task Time_that_passes_while_a_deadline_is_set_does_not_put_it_off()
    {
        await using var node = await TestNode.StartAsync(options => options.Lanes = 1, time: _time);
        await using var client = await node.ConnectAsync("alice");
        await client.SubscribeAsync("public:a");
        // Less than the heartbeat interval: the expiry is what is due next.
        var lifetime = TimeSpan.FromSeconds(25);
        var expiry = _time.GetUtcNow() + lifetime;
        var token = node.Token("alice", lifetime: lifetime);

        // A second passes behind each of the lane's next looks, so also between what it reckons with and what it sets.
        var looks = 12;
        _time.Looked = () =>
        {
            if (Thread.CurrentThread.Name?.StartsWith("arauto-lane", StringComparison.Ordinal) is true && Interlocked.Decrement(ref looks) >= 0) _time.Advance(TimeSpan.FromSeconds(1));
        };
        (await client.AskAsync(new { type = "auth", token })).IsReply();
        _time.Looked = null;
        // The lane goes on looking while the reply is on its way.
        await node.LanesHaveDoneAsync();
        var left = expiry - _time.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromSeconds(2), lifetime - TimeSpan.FromSeconds(2));
        _time.Advance(left + TimeSpan.FromSeconds(1));

        Assert.Equal(4002, (await client.ReadToEndAsync()).Code);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("token_id")]
    [InlineData("issued_before")]
    public async Task A_revocation_closes_live_connections_and_refuses_the_token_everywhere(string how)
    {
        await using var node = await StartAsync();
        var token = node.Token("alice");
        await using var phone = await WireClient.ConnectAsync(node.WebSocket, token);
        await using var laptop = await WireClient.ConnectAsync(node.WebSocket, token, deflate: true);
        await using var bob = await node.ConnectAsync("bob");
        await phone.ReceiveAsync("connected");
        await laptop.ReceiveAsync("connected");
        _time.Advance(TimeSpan.FromSeconds(1));
        object body = how switch
        {
            "user" => new { user = "alice" },
            "token_id" => new { token_id = TokenId(token) },
            _ => new { user = "alice", issued_before = _time.GetUtcNow().AddMilliseconds(-500) },
        };

        using var service = node.Client("backend", service: true);
        using var response = await service.PostAsJsonAsync("/v1/sessions/revoke", body, TestContext.Current.CancellationToken);

        Assert.Equal(2, (int)(await response.JsonAsync())["connections"]!);
        foreach (var client in new[] { phone, laptop })
        {
            var end = await client.ReadToEndAsync();
            Assert.Equal((4003, "token_revoked"), (end.Code, (string?)end.Frames[^1]["code"]));
        }
        using (var handshake = await node.HandshakeAsync(token)) await handshake.IsErrorAsync(401, "token_revoked");
        using var http = new HttpClient { BaseAddress = node.Http, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        using (var refused = await http.GetAsync("/v1/rooms", TestContext.Current.CancellationToken)) await refused.IsErrorAsync(401, "token_revoked");
        await using var late = await WireClient.ConnectAsync(node.WebSocket, null);
        (await late.AskAsync(new { type = "auth", token })).IsError("token_revoked");
        Assert.Equal(4003, (await late.ReadToEndAsync()).Code);
        Assert.Equal("pong", (await bob.AskAsync(new { type = "ping" })).Type());

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await using var again = await node.ConnectAsync("alice");
        Assert.Equal("alice", (string?)(await again.ReceiveAsync("connected"))["user"]);
    }

    [Fact]
    public async Task A_revocation_that_meets_a_connection_on_its_way_in_ends_it()
    {
        await using var node = await StartAsync();
        WireClient client;
        using (await LaneBlock.HoldAsync(node))
        {
            client = await node.ConnectAsync("alice");
            await node.Get<Arauto.Auth.RevocationList>().RevokeUserAsync("alice", null, CancellationToken.None);
        }

        await using (client) Assert.Equal(4003, (await client.ReadToEndAsync()).Code);
    }

    [Fact]
    public async Task Only_services_revoke_and_a_body_must_make_sense()
    {
        await using var node = await StartAsync();
        using var alice = node.Client("alice");
        using (var refused = await alice.PostAsJsonAsync("/v1/sessions/revoke", new { user = "alice" }, TestContext.Current.CancellationToken)) await refused.IsErrorAsync(403, "forbidden");
        using var service = node.Client("backend", service: true);
        foreach (var body in new[] { "{}", "{\"user\":\"a\",\"token_id\":\"b\"}", "{\"user\":\"a\",\"issued_before\":\"yesterday\"}", "{\"user\":\"a\",\"issued_before\":\"\\ud800\"}", "{\"user\":\"a\",\"issued_before\":[]}", "[]", "", "null" })
        {
            using var response = await service.PostAsync("/v1/sessions/revoke", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
            await response.IsErrorAsync(400, "invalid_message");
        }
    }

    private Task<TestNode> StartAsync() => TestNode.StartAsync(time: _time);

    private static string TokenId(string token)
    {
        var part = token.Split('.')[1];
        var payload = Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '='));
        return JsonDocument.Parse(payload).RootElement.GetProperty("jti").GetString()!;
    }
}
