using System.Net.Http.Json;
using Arauto.Auth;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>What <c>/events</c> and <c>/poll</c> refuse, which is an HTTP status before anything else.</summary>
public sealed class FollowRefusalTests
{
    private const string Channel = "public:a";
    private static readonly ManualTimeProvider LongAgo = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(2));

    public static TheoryData<string> Paths => new("/events", "/poll");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Without_a_good_token_there_is_401(string path)
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client();
        using (var none = await http.GetAsync($"{path}?channels={Channel}", headers: [])) await none.IsErrorAsync(401, "unauthorized");
        var expired = new TokenIssuer(new AuthOptions { JwtSecret = TestNode.Secret }, LongAgo).Issue("alice", TimeSpan.FromHours(1));
        foreach (var (token, code) in new[] { ("garbage", "unauthorized"), (expired, "token_expired") })
        {
            using var byHeader = await http.GetAsync($"{path}?channels={Channel}", ("Authorization", $"Bearer {token}"));
            await byHeader.IsErrorAsync(401, code);
            Assert.Equal("Bearer", byHeader.Headers.WwwAuthenticate.Single().Scheme);
            using var byQuery = await http.GetAsync($"{path}?channels={Channel}&token={token}", headers: []);
            await byQuery.IsErrorAsync(401, code);
        }
        await node.NothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_request_that_makes_no_sense_is_refused_with_its_code(string path)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.SubscriptionsPerConnection = 3);
        using var http = node.Client("alice");
        var cursor = Arauto.Protocol.Cursor.Encode(Channel, new(new(1), 1));
        foreach (var (query, status, code) in new[]
        {
            ("", 400, "invalid_message"),
            ("?channels=", 400, "invalid_message"),
            ("?channels=,%20,", 400, "invalid_message"),
            ("?channels=public:a%20b", 400, "invalid_channel"),
            ("?channels=public:*", 400, "invalid_channel"),
            ($"?channels=public:{new string('x', 300)}", 400, "invalid_channel"),
            ($"?channels={Channel},nowhere:1", 404, "unknown_channel"),
            ("?channels=room:01990000-0000-7000-8000-000000000000", 404, "unknown_channel"),
            ($"?channels={Channel},user:bob", 403, "forbidden"),
            ("?channels=doc:1", 403, "forbidden"),
            ("?channels=public:1,public:2,public:3,public:4", 429, "too_many_subscriptions"),
            ($"?channels={Channel}&since=rubbish", 400, "invalid_cursor"),
            ($"?channels={Channel}&since={cursor},{cursor[..^1]}", 400, "invalid_cursor"),
            ($"?channels={Channel}&since={cursor},{cursor},{cursor},{cursor}", 400, "invalid_cursor"),
        })
        {
            using var response = await http.GetAsync(path + query, headers: []);
            var error = await response.IsErrorAsync(status, code);
            Assert.NotEqual("", (string?)error["message"]);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        }
        using var header = await http.GetAsync($"{path}?channels={Channel}", ("Last-Event-ID", "rubbish"));
        await header.IsErrorAsync(400, "invalid_cursor");
        await node.NothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Pages_of_foreign_origins_are_refused(string path)
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using (var foreign = await http.GetAsync($"{path}?channels={Channel}&wait=0", ("Origin", "https://evil.example"))) await foreign.IsErrorAsync(403, "origin_not_allowed");
        using var local = await http.GetAsync($"{path}?channels={Channel}&wait=0", ("Origin", "http://localhost:3000"));
        Assert.Equal(200, (int)local.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_user_holds_as_many_connections_as_allowed_whatever_their_transport(string path)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.ConnectionsPerUser = 2);
        await using var webSocket = await node.ConnectAsync("alice");
        using var stream = await node.FollowAsync("alice", Channel);
        using var http = node.Client("alice");
        using (var refused = await http.GetAsync($"{path}?channels={Channel}&wait=0", headers: [])) await refused.IsErrorAsync(429, "too_many_connections");
        using (var handshake = await node.HandshakeAsync(node.Token("alice"))) await handshake.IsErrorAsync(429, "too_many_connections");
        using (var other = await node.Client("bob").GetAsync($"{path}?channels={Channel}&wait=0", headers: [])) Assert.Equal(200, (int)other.StatusCode);

        stream.Reset();
        await Eventually.TrueAsync("a place is free again", async () =>
        {
            using var response = await http.GetAsync($"{path}?channels={Channel}&wait=0", headers: []);
            return (int)response.StatusCode == 200;
        });
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_full_node_says_when_to_come_back(string path)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.Connections = 1);
        using var stream = await node.FollowAsync("alice", Channel);
        using var refused = await node.Client("bob").GetAsync($"{path}?channels={Channel}&wait=0", headers: []);
        var error = await refused.IsErrorAsync(503, "unavailable");
        Assert.Equal(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, (double)error["retry_after"]!);
    }

    [Fact]
    public async Task An_address_opens_streams_at_its_rate()
    {
        var time = new ManualTimeProvider();
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Limits.ConnectionsPerSecond = 5;
                options.Limits.ConnectionBurst = 2;
            },
            time: time);
        for (var i = 0; i < 2; i++) (await node.FollowAsync("alice", Channel)).Dispose();
        using var http = node.Client("alice");
        using (var refused = await http.GetAsync($"/events?channels={Channel}", headers: []))
        {
            await refused.IsErrorAsync(429, "rate_limited");
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }
        // Polls come often by nature; the rate of requests applies to them.
        await http.PollAsync(Channel, wait: "0");
        time.Advance(TimeSpan.FromMilliseconds(200));
        (await node.FollowAsync("alice", Channel)).Dispose();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task While_the_store_is_away_there_is_503_and_nothing_is_left(string path)
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(null, store);
        await node.PublishAsync(Channel);
        using var http = node.Client("alice");
        var since = Arauto.Protocol.Cursor.Encode(Channel, new(new(1), 1));
        foreach (var broken in new[] { false, true })
        {
            (store.Controlled.IsAway, store.Controlled.IsBroken) = (!broken, broken);
            foreach (var query in new[] { $"?channels={Channel}", $"?channels=public:b,{Channel}&since={since}" })
            {
                using var refused = await http.GetAsync($"{path}{query}&wait=0", headers: []);
                await refused.IsErrorAsync(broken ? 500 : 503, broken ? "internal" : "unavailable");
                Assert.Equal(!broken, refused.Headers.RetryAfter is not null);
            }
        }
        await node.NothingIsLeftAsync();

        (store.Controlled.IsAway, store.Controlled.IsBroken) = (false, false);
        using var served = await http.GetAsync($"{path}?channels={Channel}&wait=0", headers: []);
        Assert.Equal(200, (int)served.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_private_room_is_for_its_members(string path)
    {
        await using var node = await TestNode.StartAsync();
        using var made = await node.Client("alice").PostAsJsonAsync("/v1/rooms", new { type = "private" }, Cancelled);
        var channel = (string)(await made.JsonAsync())["channel"]!;
        using var refused = await node.Client("bob").GetAsync($"{path}?channels={channel}&wait=0", headers: []);
        await refused.IsErrorAsync(403, "forbidden");
        using var taken = await node.Client("alice").GetAsync($"{path}?channels={channel}&wait=0", headers: []);
        Assert.Equal(200, (int)taken.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Other_methods_are_refused(string path)
    {
        await using var node = await TestNode.StartAsync();
        using var response = await node.Client("alice").PostAsync($"{path}?channels={Channel}", null, Cancelled);
        Assert.Equal(405, (int)response.StatusCode);
    }
}
