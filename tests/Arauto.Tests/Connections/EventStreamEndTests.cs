using System.Net.Http.Json;
using Arauto.Hubs;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>How event streams end, and that nothing is left of them.</summary>
public sealed class EventStreamEndTests
{
    private const string Channel = "public:a";
    private static readonly string[] Members = ["bob"];

    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_expired_token_ends_the_stream_within_a_second_and_says_so()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var client = await EventStreamClient.ConnectAsync(new Uri(node.Http, $"/events?channels={Channel}"), node.Token("alice", lifetime: TimeSpan.FromSeconds(20)));
        await client.ReadGreetingAsync();
        using var other = await node.FollowAsync("bob", Channel);

        _time.Advance(TimeSpan.FromSeconds(21));

        await IsTheEndAsync(client, "token_expired");
        await node.PublishAsync(Channel);
        Assert.Equal(1, (await other.MessageAsync()).Json.Offset());
    }

    [Fact]
    public async Task A_revocation_ends_the_users_streams()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var client = await node.FollowAsync("alice", Channel);
        using var other = await node.FollowAsync("bob", Channel);
        _time.Advance(TimeSpan.FromSeconds(1));
        using var service = node.Client("backend", service: true);
        using var response = await service.PostAsJsonAsync("/v1/sessions/revoke", new { user = "alice" }, Cancelled);

        Assert.Equal(1, (int)(await response.JsonAsync())["connections"]!);
        await IsTheEndAsync(client, "token_revoked");
        await node.PublishAsync(Channel);
        Assert.Equal(1, (await other.MessageAsync()).Json.Offset());
    }

    [Fact]
    public async Task A_revocation_that_meets_a_stream_on_its_way_in_is_its_answer()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        Task<HttpResponseMessage> coming;
        using (await LaneBlock.HoldAsync(node))
        {
            coming = http.GetAsync($"/events?channels={Channel}", headers: []);
            await Eventually.TrueAsync("the stream is on its way", () => node.Get<Arauto.Limits.ConnectionCounts>().Users == 1);
            _time.Advance(TimeSpan.FromSeconds(1));
            await node.Get<Arauto.Auth.RevocationList>().RevokeUserAsync("alice", null, CancellationToken.None);
        }

        using var response = await coming;
        await response.IsErrorAsync(401, "token_revoked");
        await node.NothingIsLeftAsync(_time);
    }

    [Fact]
    public async Task A_lost_membership_ends_its_channel_and_the_last_one_the_stream()
    {
        await using var node = await TestNode.StartAsync();
        using var owner = node.Client("alice");
        var (first, second) = (await MakeRoomAsync(owner), await MakeRoomAsync(owner));
        using var bob = await node.FollowAsync("bob", $"{first},{second}");

        await LeaveAsync(owner, first);

        var error = await bob.ControlAsync("error");
        Assert.Equal(("forbidden", first), ((string)error["code"]!, (string)error["channel"]!));
        await node.PublishAsync(first);
        await node.PublishAsync(second);
        var message = await bob.MessageAsync();
        Assert.Equal(second, (string?)message.Json["channel"]);
        // Not moved by what bob may not see.
        Assert.Equal(0, message.Id.PlaceIn(first));

        await LeaveAsync(owner, second);

        error = await bob.ControlAsync("error");
        Assert.Equal(("forbidden", second), ((string)error["code"]!, (string)error["channel"]!));
        Assert.Null(await bob.ReadAsync());
        Assert.True(bob.EndedInOrder);
        using var refused = await node.Client("bob").GetAsync($"/events?channels={second}", headers: ("Last-Event-ID", bob.LastEventId));
        await refused.IsErrorAsync(403, "forbidden");
        await node.NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_node_that_drains_tells_when_to_come_back_ends_its_streams_and_takes_no_more()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Drain.SpreadSeconds = 0;
            options.Drain.DeadlineSeconds = 20;
        });
        using var client = await node.FollowAsync("alice", Channel);
        // One that stays keeps the node up after the stream is gone.
        await using var webSocket = await node.ConnectAsync("bob");
        await webSocket.ReceiveAsync("connected");
        await node.PublishAsync(Channel);
        var stopping = node.StopAsync();

        var last = await client.MessageAsync();
        var move = await client.ControlAsync("move");
        Assert.Equal("draining", (string?)move["reason"]);
        Assert.Equal((int)Math.Ceiling((double)move["after"]! * 1000), client.Retry);
        Assert.Null(await client.ReadAsync());
        Assert.True(client.EndedInOrder);
        Assert.Equal(last.Id, client.LastEventId);

        await webSocket.ReceiveAsync("move");
        using (var refused = await node.Client("alice").GetAsync($"/events?channels={Channel}", headers: []))
        {
            await refused.IsErrorAsync(503, "unavailable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        await webSocket.DisposeAsync();
        await stopping;
    }

    [Fact]
    public async Task An_operator_ends_a_stream()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await node.FollowAsync("alice", Channel);
        using var service = node.Client("backend", service: true);
        using var listed = await service.GetAsync("/v1/connections?user=alice", Cancelled);
        var connection = (await listed.JsonAsync())["connections"]!.AsArray().Single()!;
        Assert.Equal("sse", (string?)connection["transport"]);

        using var closed = await service.DeleteAsync($"/v1/connections/{connection["id"]}", Cancelled);

        Assert.Equal(204, (int)closed.StatusCode);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.True(client.EndedInOrder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_leaves_nothing_behind(bool withoutAWord)
    {
        await using var node = await TestNode.StartAsync(options => options.Presence.GraceSeconds = 0);
        for (var i = 0; i < 20; i++)
        {
            using var client = await node.FollowAsync($"user{i % 3}", $"{Channel},public:{i},user:user{i % 3}");
            if (withoutAWord) client.Reset();
        }
        await node.NothingIsLeftAsync();
        Assert.Empty(node.Get<Arauto.Presence.PresenceRegistry>().ListHere(Channel));
        Assert.Equal(20, node.Metrics()["""arauto_connections_closed_total{reason="broken"}"""]);
    }

    [Fact]
    public async Task A_client_that_goes_before_its_stream_has_begun_leaves_nothing_behind()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(null, store);
        store.Controlled.HoldReads();
        using var http = node.Client("alice");
        using var gone = new CancellationTokenSource();
        var streams = Enumerable.Range(0, 5).Select(i => http.GetAsync(new Uri(node.Http, $"/events?channels=public:{i},{Channel}"), gone.Token)).ToArray();
        await Eventually.TrueAsync("all are on their way", () => node.Get<Hub>().ConnectionCount == 5);
        await gone.CancelAsync();
        foreach (var stream in streams) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);

        await Eventually.TrueAsync("no connection is left", () => node.Get<Hub>().ConnectionCount == 0);
        store.Controlled.Release();
        await node.NothingIsLeftAsync();
    }

    private static async Task IsTheEndAsync(EventStreamClient client, string code)
    {
        var error = await client.ControlAsync("error");
        Assert.Equal((code, null), ((string)error["code"]!, (string?)error["channel"]));
        Assert.Null(await client.ReadAsync());
        Assert.True(client.EndedInOrder);
    }

    private static async Task<string> MakeRoomAsync(HttpClient owner)
    {
        using var made = await owner.PostAsJsonAsync("/v1/rooms", new { type = "private", members = Members }, Cancelled);
        return (string)(await made.JsonAsync())["channel"]!;
    }

    private static async Task LeaveAsync(HttpClient owner, string room)
    {
        using var removed = await owner.DeleteAsync($"/v1/rooms/{room["room:".Length..]}/members/bob", Cancelled);
        Assert.Equal(204, (int)removed.StatusCode);
    }
}
