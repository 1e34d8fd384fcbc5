using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Arauto.Protocol;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary><c>GET /events</c>: what the client reads.</summary>
public sealed class EventStreamTests
{
    private const string A = "public:a";
    private const string B = "public:b";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_say_that_it_is_a_stream_and_keep_proxies_from_holding_it_back()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await node.FollowAsync("alice", A);
        foreach (var line in new[] { "Content-Type: text/event-stream; charset=utf-8", "Cache-Control: no-cache, no-transform", "X-Accel-Buffering: no", "Transfer-Encoding: chunked" })
            Assert.Contains($"\r\n{line}\r\n", client.Head);
        Assert.DoesNotContain("Content-Length", client.Head);
    }

    [Fact]
    public async Task The_token_may_stand_in_the_header_or_in_the_query()
    {
        await using var node = await TestNode.StartAsync();
        using var byQuery = await EventStreamClient.ConnectAsync(new Uri(node.Http, $"/events?channels={A}&token={node.Token("bob")}"));
        Assert.Equal("bob", (string?)(await byQuery.ReadGreetingAsync())["user"]);
        using var byHeader = await EventStreamClient.ConnectAsync(new Uri(node.Http, $"/events?channels={A}"), node.Token("alice"));
        Assert.Equal("alice", (string?)(await byHeader.ReadGreetingAsync())["user"]);
    }

    [Fact]
    public async Task The_text_of_a_stream_is_greeting_and_messages_each_with_the_id_to_resume_behind_it()
    {
        await using var node = await TestNode.StartAsync(options => options.Heartbeat.IntervalSeconds = 20);
        var before = await node.PublishAsync(A);
        using var client = await EventStreamClient.ConnectAsync(new Uri(node.Http, $"/events?channels={A}"), node.Token("alice"));
        await using var webSocket = await node.ConnectAsync("alice");
        await webSocket.SubscribeAsync(A);

        var connected = await client.ReadGreetingAsync();
        Assert.Equal(("alice", "test", 20, 90), ((string)connected["user"]!, (string)connected["node"]!, (int)connected["heartbeat"]!["interval"]!, (int)connected["heartbeat"]!["timeout"]!));
        Assert.True(node.Get<Arauto.Hubs.Hub>().TryFind((string)connected["connection"]!, out _));
        Assert.InRange(client.Retry!.Value, 500, 3000);
        Assert.Equal($"id: {Cursor.Encode(A, before)}\n: connected {connected.ToJsonString()}\nretry: {client.Retry}\n\n", client.Text);
        var greeting = client.Text.Length;

        var first = await node.PublishAsync(A, "{\"content\":\"olá\"}");
        var second = await node.PublishAsync(A, "2", "note");
        var (one, two) = (await client.MessageAsync(), await client.MessageAsync());

        Assert.Equal($"id: {Cursor.Encode(A, first)}\ndata: {one.Data}\n\nid: {Cursor.Encode(A, second)}\ndata: {two.Data}\n\n", client.Text[greeting..]);
        foreach (var message in new[] { one, two })
        {
            Assert.Equal((await webSocket.ReceiveAsync()).ToJsonString(), message.Json.ToJsonString());
            Assert.Equal(message.Id, message.Json.Cursor());
        }
    }

    [Fact]
    public async Task The_id_of_several_channels_holds_the_place_in_each()
    {
        await using var node = await TestNode.StartAsync();
        for (var i = 0; i < 3; i++) await node.PublishAsync(A);
        using var client = await node.FollowAsync("alice", $"{A},{B}");
        Assert.Equal((3, 0), (client.LastEventId.PlaceIn(A), client.LastEventId.PlaceIn(B)));

        foreach (var (channel, places) in new[] { (B, (3, 1)), (A, (4, 1)), (A, (5, 1)), (B, (5, 2)) })
        {
            await node.PublishAsync(channel);
            var message = await client.MessageAsync();
            Assert.Equal(channel, (string?)message.Json["channel"]);
            Assert.Equal(places, ((int)message.Id.PlaceIn(A), (int)message.Id.PlaceIn(B)));
            // The message's own cursor is of its one channel.
            Assert.Equal(message.Json.Offset(), message.Json.Cursor().PlaceIn(channel));
            Assert.True(Cursor.TryDecode(message.Json.Cursor(), out var own) && own.Count == 1);
        }
    }

    [Fact]
    public async Task The_channels_may_stand_in_one_parameter_or_in_several_and_a_repeated_one_counts_once()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.SubscriptionsPerConnection = 2);
        using var client = await node.FollowAsync("alice", $"{A},%20{A},&channels={B}&channels={B}");
        await node.PublishAsync(A);
        await node.PublishAsync(B);
        Assert.Equal([A, B], new[] { await client.MessageAsync(), await client.MessageAsync() }.Select(message => (string)message.Json["channel"]!).Order());
    }

    [Fact]
    public async Task Line_breaks_in_a_payload_do_not_break_the_stream()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await node.FollowAsync("alice", A);
        using var http = node.Client("alice");
        foreach (var data in new[] { "{\r\n  \"a\": [1,\n2],\r\"b\": \"\\n\"\n}", "\n\n1\r\n\r\n", "\"data: x\\n\\nevent: y\"" })
        {
            using var body = new StringContent($$"""{"channel":"{{A}}","event":"chat","data":{{data}}}""", Encoding.UTF8, "application/json");
            using var response = await http.PostAsync("/v1/publish", body, Cancelled);
            Assert.Equal(200, (int)response.StatusCode);
            var message = await client.MessageAsync();
            Assert.DoesNotContain('\n', message.Data);
            Assert.Equal(JsonNode.Parse(data)!.ToJsonString(), message.Json["data"]!.ToJsonString());
        }
        Assert.DoesNotContain('\r', client.Text);
    }

    [Fact]
    public async Task Presence_typing_and_receipts_come_as_control_events_if_asked_for()
    {
        await using var node = await TestNode.StartAsync();
        using var with = await node.FollowAsync("alice", A, more: "&events=true");
        using var without = await node.FollowAsync("alice", A);
        await using var bob = await node.ConnectAsync("bob");
        await bob.SubscribeAsync(A);
        await bob.AskAsync(new { type = "typing", channel = A });
        await bob.PublishAsync(A, "hi");
        await bob.AskAsync(new { type = "receipt", channel = A, read = 1 });
        await bob.PublishAsync(A, "end");

        Assert.Equal(("join", "bob"), await with.ControlAsync("presence") is var joined ? ((string)joined["action"]!, (string)joined["user"]!) : default);
        Assert.Equal("bob", (string?)(await with.ControlAsync("typing"))["user"]);
        var hi = await with.MessageAsync();
        Assert.Equal(1, (int)(await with.ControlAsync("receipt"))["read"]!);
        Assert.Equal(hi.Id, with.LastEventId);
        Assert.Equal("end", (string?)(await with.MessageAsync()).Json["data"]);

        Assert.Equal("hi", (string?)(await without.MessageAsync()).Json["data"]);
        Assert.Equal("end", (string?)(await without.MessageAsync()).Json["data"]);
    }

    [Fact]
    public async Task Only_the_channels_asked_for_come_and_of_the_users_own_each_message_once()
    {
        await using var node = await TestNode.StartAsync();
        using var other = await node.FollowAsync("alice", A);
        using var own = await node.FollowAsync("alice", "user:alice,notifications:alice");
        await node.PublishAsync("user:alice", "1");
        await node.PublishAsync("notifications:alice", "2");
        await node.PublishAsync("user:alice", "3");
        await node.PublishAsync(A, "4");

        Assert.Equal(4, (int)(await other.MessageAsync()).Json["data"]!);
        foreach (var channel in new[] { "user:alice", "notifications:alice", "user:alice" }) Assert.Equal(channel, (string?)(await own.MessageAsync()).Json["channel"]);
        await node.PublishAsync("user:alice", "5");
        Assert.Equal(5, (int)(await own.MessageAsync()).Json["data"]!);
    }

    [Fact]
    public async Task Heartbeats_are_comments_at_their_interval()
    {
        var time = new ManualTimeProvider();
        await using var node = await TestNode.StartAsync(time: time);
        using var client = await node.FollowAsync("alice", A);
        var id = client.LastEventId;
        for (var i = 0; i < 8; i++)
        {
            // The clock stands meanwhile, so there is exactly one; and the silence of a client that cannot speak ends nothing.
            time.Advance(TimeSpan.FromSeconds(31));
            await client.CommentAsync("heartbeat");
        }
        Assert.Equal(8, client.Comments.Count(comment => comment == "heartbeat"));
        Assert.Equal(id, client.LastEventId);
        await node.PublishAsync(A);
        Assert.Equal(1, (await client.MessageAsync()).Json.Offset());
    }

    [Fact]
    public async Task Who_follows_a_public_room_joins_it()
    {
        await using var node = await TestNode.StartAsync();
        using var alice = node.Client("alice");
        using var made = await alice.PostAsJsonAsync("/v1/rooms", new { type = "public" }, Cancelled);
        var room = await made.JsonAsync();

        using var bob = await node.FollowAsync("bob", (string)room["channel"]!);

        using var shown = await alice.GetAsync($"/v1/rooms/{room["id"]}", Cancelled);
        Assert.Equal(["alice", "bob"], (await shown.JsonAsync())["members"]!.AsArray().Select(member => (string)member!));
        await node.PublishAsync((string)room["channel"]!);
        Assert.Equal(1, (await bob.MessageAsync()).Json.Offset());
    }
}
