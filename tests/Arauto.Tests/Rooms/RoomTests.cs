using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Arauto.Channels;
using Arauto.Rooms;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Rooms;

public sealed class RoomTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_room_is_made_shown_changed_listed_and_deleted()
    {
        await using var node = await TestNode.StartAsync();
        using var alice = node.Client("alice");
        using var bob = node.Client("bob");
        using var carol = node.Client("carol");
        var room = await CreateAsync(alice, new { type = "private", members = (string[])["bob"], metadata = new { title = "Tea" } });
        var id = (string)room["id"]!;
        Assert.Equal(($"room:{id}", "private", "alice", "Tea"), ((string)room["channel"]!, (string)room["type"]!, (string)room["owner"]!, (string)room["metadata"]!["title"]!));
        Assert.Equal(["alice", "bob"], Members(room));

        Assert.Equal(room.ToJsonString(), (await GetAsync(bob, $"/v1/rooms/{id}")).ToJsonString());
        await RefusedAsync(carol.GetAsync($"/v1/rooms/{id}", Cancelled), 404, "not_found");
        Assert.Equal(id, (string)(await GetAsync(bob, "/v1/rooms"))["rooms"]!.AsArray().Single()!["id"]!);
        Assert.Empty((await GetAsync(carol, "/v1/rooms"))["rooms"]!.AsArray());

        await RefusedAsync(bob.PatchAsJsonAsync($"/v1/rooms/{id}", new { type = "public" }, Cancelled), 403, "forbidden");
        await RefusedAsync(carol.PatchAsJsonAsync($"/v1/rooms/{id}", new { type = "public" }, Cancelled), 404, "not_found");
        using (var response = await alice.PatchAsJsonAsync($"/v1/rooms/{id}", new { type = "public", metadata = new { title = "Coffee" } }, Cancelled))
        {
            var changed = await response.JsonAsync();
            Assert.Equal(("public", "Coffee"), ((string)changed["type"]!, (string)changed["metadata"]!["title"]!));
        }
        Assert.Equal(["alice", "bob"], Members(await GetAsync(carol, $"/v1/rooms/{id}")));

        await RefusedAsync(bob.DeleteAsync($"/v1/rooms/{id}", Cancelled), 403, "forbidden");
        await DoneAsync(alice.DeleteAsync($"/v1/rooms/{id}", Cancelled));
        await RefusedAsync(alice.GetAsync($"/v1/rooms/{id}", Cancelled), 404, "not_found");
        await RefusedAsync(alice.DeleteAsync($"/v1/rooms/{id}", Cancelled), 404, "not_found");
    }

    [Theory]
    [InlineData(true, "unknown_channel")]
    [InlineData(false, "forbidden")]
    public async Task Subscriptions_end_though_the_caller_went_away_when_the_change_had_begun(bool isDeletion, string code)
    {
        await using var store = new CancellingStore();
        await using var node = await TestNode.StartAsync(store: store);
        using var alice = node.Client("alice");
        var id = (string)(await CreateAsync(alice, new { type = "private", members = (string[])["bob"] }))["id"]!;
        await using var bob = await node.ConnectAsync("bob");
        (await bob.SubscribeAsync($"room:{id}")).IsReply();
        var rooms = node.Get<RoomDirectory>();
        var told = new List<RoomChange>();
        rooms.ChangedHere += told.Add;

        if (!isDeletion) Assert.NotNull(await rooms.LeaveAsync(Guid.Parse(id), "bob"));
        else if (node.Get<ChannelRules>().TryFind($"room:{id}", out var rule)) Assert.True(await rooms.DeleteAsync(Guid.Parse(id), rule, store.Caller.Token));

        Assert.True(store.Caller.IsCancellationRequested);
        Assert.Equal(isDeletion, Assert.Single(told).IsDeleted);
        Assert.Equal(code, (string?)(await bob.ReceiveAsync("error"))["code"]);
    }

    [Fact]
    public async Task Creating_with_an_id_twice_is_a_conflict()
    {
        await using var node = await TestNode.StartAsync();
        using var alice = node.Client("alice");
        var id = Guid.CreateVersion7();
        Assert.Equal(id.ToString(), (string)(await CreateAsync(alice, new { id }))["id"]!);
        await RefusedAsync(alice.PostAsJsonAsync("/v1/rooms", new { id }, Cancelled), 409, "conflict");
    }

    [Fact]
    public async Task Two_members_talk_and_nobody_else_hears_them()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        var channel = (string)(await CreateAsync(http, new { type = "private", members = (string[])["bob"] }))["channel"]!;
        await using var alice = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob");
        await using var carol = await node.ConnectAsync("carol");
        (await alice.SubscribeAsync(channel)).IsReply();
        (await bob.SubscribeAsync(channel)).IsReply();
        (await carol.SubscribeAsync(channel)).IsError("forbidden");
        (await carol.PublishAsync(channel, "hi")).IsError("forbidden");
        (await carol.AskAsync(new { type = "history", channel })).IsError("forbidden");
        (await carol.AskAsync(new { type = "presence", channel })).IsError("forbidden");

        (await alice.PublishAsync(channel, "hi")).IsReply();
        (await bob.PublishAsync(channel, "ho")).IsReply();

        foreach (var client in new[] { alice, bob })
        {
            Assert.Equal("hi", (string?)(await client.ReceiveAsync("chat"))["data"]);
            Assert.Equal("ho", (string?)(await client.ReceiveAsync("chat"))["data"]);
        }
        Assert.DoesNotContain(await carol.DrainAsync(), frame => frame.Type() == "chat");
    }

    [Fact]
    public async Task Anyone_joins_a_public_room_by_subscribing_and_only_then_publishes()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        var room = await CreateAsync(http, new { type = "public" });
        var channel = (string)room["channel"]!;
        await using var bob = await node.ConnectAsync("bob");
        (await bob.PublishAsync(channel, "hi")).IsError("forbidden");

        (await bob.SubscribeAsync(channel)).IsReply();

        (await bob.PublishAsync(channel, "hi")).IsReply();
        Assert.Equal(["alice", "bob"], Members(await GetAsync(http, $"/v1/rooms/{room["id"]}")));
    }

    [Fact]
    public async Task A_removed_member_loses_all_subscriptions_at_once()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using var bobHttp = node.Client("bob");
        var room = await CreateAsync(http, new { type = "private" });
        var (id, channel) = ((string)room["id"]!, (string)room["channel"]!);
        await RefusedAsync(bobHttp.PutAsync($"/v1/rooms/{id}/members/bob", null, Cancelled), 404, "not_found");
        await DoneAsync(http.PutAsync($"/v1/rooms/{id}/members/bob", null, Cancelled));
        await using var alice = await node.ConnectAsync("alice");
        await using var phone = await node.ConnectAsync("bob");
        await using var laptop = await node.ConnectAsync("bob");
        foreach (var client in new[] { alice, phone, laptop }) (await client.SubscribeAsync(channel)).IsReply();

        await DoneAsync(http.DeleteAsync($"/v1/rooms/{id}/members/bob", Cancelled));

        foreach (var client in new[] { phone, laptop })
        {
            Assert.Equal(channel, (string?)(await client.ReceiveAsync("error")).IsError("forbidden")["channel"]);
            (await client.SubscribeAsync(channel)).IsError("forbidden");
            (await client.PublishAsync(channel, 1)).IsError("forbidden");
        }
        await alice.PublishAsync(channel, "alone");
        await alice.ReceiveAsync("chat");
        Assert.DoesNotContain(await phone.DrainAsync(), frame => frame.Type() == "chat");
    }

    [Fact]
    public async Task A_deleted_room_ends_subscriptions_and_its_messages_do_not_come_back()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        var room = await CreateAsync(http, new { type = "private" });
        var (id, channel) = ((string)room["id"]!, (string)room["channel"]!);
        await using var alice = await node.ConnectAsync("alice");
        await alice.SubscribeAsync(channel);
        await alice.PublishAsync(channel, "old");
        var cursor = (await alice.ReceiveAsync("chat")).Cursor();
        (await alice.AskAsync(new { type = "receipt", channel, read = 1 })).IsReply();

        await DoneAsync(http.DeleteAsync($"/v1/rooms/{id}", Cancelled));

        (await alice.ReceiveAsync("error")).IsError("unknown_channel");
        (await alice.SubscribeAsync(channel)).IsError("unknown_channel");
        await CreateAsync(http, new { id, type = "private" });
        Assert.False((bool)(await alice.SubscribeAsync(channel, cursor)).IsReply()["resumed"]!);
        Assert.Equal("epoch_changed", (string?)(await alice.ReceiveAsync("gap"))["reason"]);
        Assert.Empty((await alice.AskAsync(new { type = "history", channel })).IsReply()["messages"]!.AsArray());
        Assert.Empty((await alice.AskAsync(new { type = "receipt", channel })).IsReply()["receipts"]!.AsArray());
    }

    [Fact]
    public async Task A_room_has_one_channel_whatever_the_case_of_its_id()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        var channel = (string)(await CreateAsync(http, new { id = "01990000-0000-7000-8000-abcdefabcdef", type = "private" }))["channel"]!;
        await using var alice = await node.ConnectAsync("alice");

        (await alice.SubscribeAsync("room:01990000-0000-7000-8000-ABCDEFABCDEF")).IsError("unknown_channel");
        (await alice.PublishAsync("room:01990000-0000-7000-8000-ABCDEFabcdef", 1)).IsError("unknown_channel");

        (await alice.SubscribeAsync(channel)).IsReply();
    }

    [Theory]
    [InlineData("{\"type\":\"secret\"}")]
    [InlineData("{\"members\":[\"a\",null]}")]
    [InlineData("{\"members\":[\"a b\"]}")]
    [InlineData("{\"members\":[\"\"]}")]
    [InlineData("{\"members\":\"bob\"}")]
    [InlineData("{\"metadata\":1}")]
    [InlineData("{\"metadata\":{\"a\":\"\\ud800\"}}")]
    [InlineData("{\"metadata\":{\"\\udc00\":1}}")]
    [InlineData("{\"id\":\"no\"}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_room_that_makes_no_sense_is_refused(string body)
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        await RefusedAsync(http.PostAsync("/v1/rooms", content, Cancelled), 400, "invalid_message");
        Assert.Empty((await GetAsync(http, "/v1/rooms"))["rooms"]!.AsArray());
    }

    [Fact]
    public async Task Metadata_that_is_not_UTF8_is_refused()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using var content = new ByteArrayContent([.. "{\"metadata\":{\"a\":\""u8, 0xff, 0xfe, .. "\"}}"u8]) { Headers = { ContentType = new("application/json") } };
        await RefusedAsync(http.PostAsync("/v1/rooms", content, Cancelled), 400, "invalid_message");
    }

    [Fact]
    public async Task Rooms_are_bounded()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Limits.RoomMembers = 2;
            options.Limits.RoomMetadataBytes = 20;
        });
        using var http = node.Client("alice");
        await RefusedAsync(http.PostAsJsonAsync("/v1/rooms", new { members = (string[])["b", "c"] }, Cancelled), 413, "too_large");
        await RefusedAsync(http.PostAsJsonAsync("/v1/rooms", new { metadata = new { text = new string('x', 50) } }, Cancelled), 413, "too_large");
        var channel = (string)(await CreateAsync(http, new { type = "public", members = (string[])["b"] }))["channel"]!;
        await using var carol = await node.ConnectAsync("carol");
        (await carol.SubscribeAsync(channel)).IsError("too_large");
    }

    [Fact]
    public async Task Rooms_are_listed_in_pages()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.RequestsPerSecond = 0);
        using var http = node.Client("alice");
        for (var i = 0; i < 120; i++) await CreateAsync(http, new { type = "private" });
        var first = await GetAsync(http, "/v1/rooms");
        var second = await GetAsync(http, $"/v1/rooms?after={first["after"]}");

        Assert.Equal((100, 20), (first["rooms"]!.AsArray().Count, second["rooms"]!.AsArray().Count));
        Assert.Null(second["after"]);
        Assert.Equal(120, first["rooms"]!.AsArray().Concat(second["rooms"]!.AsArray()).Select(room => (string)room!["id"]!).Distinct().Count());
        await RefusedAsync(http.GetAsync("/v1/rooms?after=nonsense", Cancelled), 400, "invalid_message");
    }

    private static IEnumerable<string> Members(JsonObject room) => room["members"]!.AsArray().Select(member => (string)member!);

    private static async Task<JsonObject> CreateAsync(HttpClient http, object body)
    {
        using var response = await http.PostAsJsonAsync("/v1/rooms", body, Cancelled);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Cancelled));
        return await response.JsonAsync();
    }

    private static async Task<JsonObject> GetAsync(HttpClient http, string path) => JsonNode.Parse(await http.GetStringAsync(path, Cancelled))!.AsObject();

    private static async Task RefusedAsync(Task<HttpResponseMessage> request, int status, string code)
    {
        using var response = await request;
        await response.IsErrorAsync(status, code);
    }

    private static async Task DoneAsync(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
