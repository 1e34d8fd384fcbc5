using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Http;

/// <summary>History over frames and over HTTP: the same question gets the same page.</summary>
public sealed class HistoryTests
{
    private const string Channel = "public:a";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 0, 5, 36, 40, true)]
    [InlineData(null, 0, null, 21, 40, true)]
    [InlineData(null, 0, 1000, 21, 40, true)]
    [InlineData("after", 0, 5, 1, 5, true)]
    [InlineData("after", 30, 5, 31, 35, true)]
    [InlineData("after", 38, 5, 39, 40, false)]
    [InlineData("after", 40, 5, 1, 0, false)]
    [InlineData("before", 6, 10, 1, 5, false)]
    [InlineData("before", 21, 10, 11, 20, true)]
    [InlineData("before", 1, 10, 1, 0, false)]
    public async Task Pages_are_the_same_over_frames_and_over_HTTP(string? bound, int at, int? limit, int first, int last, bool more)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.HistoryPage = 20);
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");
        var cursors = new List<string> { (await client.SubscribeAsync(Channel)).Cursor() };
        for (var i = 1; i <= 40; i++)
        {
            await client.PublishAsync(Channel, i);
            cursors.Add((await client.ReceiveAsync("chat")).Cursor());
        }

        foreach (JsonNode place in new JsonNode[] { at, cursors[at] })
        {
            var command = new JsonObject { ["type"] = "history", ["channel"] = Channel };
            if (limit is not null) command["limit"] = limit;
            if (bound is not null) command[bound] = place.DeepClone();
            var query = $"{(limit is null ? "" : $"limit={limit}")}&{(bound is null ? "" : $"{bound}={place}")}";
            var framed = (await client.AskAsync(command)).IsReply();
            var served = JsonNode.Parse(await http.GetStringAsync($"/v1/channels/{Channel}/messages?{query}", Cancelled))!;

            Assert.Equal(framed["messages"]!.ToJsonString(), served["messages"]!.ToJsonString());
            Assert.Equal(framed.Cursor(), (string?)served["cursor"]);
            Assert.Equal((more, more), ((bool)framed["more"]!, (bool)served["more"]!));
            Assert.Equal(Enumerable.Range(first, last - first + 1), Offsets(framed));
        }
    }

    [Fact]
    public async Task A_client_pages_through_everything_and_then_subscribes_where_it_stands()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        var text = new string('x', 20_000);
        for (var i = 1; i <= 60; i++) await client.PublishAsync(Channel, text);
        var seen = new List<int>();
        JsonNode after = 0;
        for (var more = true; more;)
        {
            var page = (await client.AskAsync(new JsonObject { ["type"] = "history", ["channel"] = Channel, ["after"] = after.DeepClone(), ["limit"] = 50 })).IsReply();
            seen.AddRange(Offsets(page));
            Assert.InRange(page["messages"]!.AsArray().Count, 1, 13); // 256 KiB
            (after, more) = (page.Cursor(), (bool)page["more"]!);
        }

        Assert.Equal(Enumerable.Range(1, 60), seen);
        Assert.True((bool)(await client.SubscribeAsync(Channel, (string)after!)).IsReply()["resumed"]!);
    }

    [Fact]
    public async Task A_page_is_bounded_in_bytes_at_the_old_end_too()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        var text = new string('x', 60_000);
        for (var i = 1; i <= 10; i++) await client.PublishAsync(Channel, text);

        var page = (await client.AskAsync(new { type = "history", channel = Channel })).IsReply();

        Assert.Equal([7, 8, 9, 10], Offsets(page));
        Assert.True((bool)page["more"]!);
    }

    [Fact]
    public async Task Questions_that_make_no_sense_are_refused()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");
        var other = (await client.SubscribeAsync("public:other")).Cursor();
        foreach (var (query, code) in new[]
        {
            ("after=1&before=2", "invalid_message"), ("limit=0", "invalid_message"), ("limit=-1", "invalid_message"), ("limit=abc", "invalid_message"), ("limit=99999999999", "invalid_message"),
            ("after=rubbish", "invalid_cursor"), ($"after={other}", "invalid_cursor"), ($"before={other}", "invalid_cursor"), ("after=-1", "invalid_cursor"),
        })
        {
            using var response = await http.GetAsync($"/v1/channels/{Channel}/messages?{query}", Cancelled);
            await response.IsErrorAsync(400, code);
        }
        (await client.AskAsync(new { type = "history", channel = Channel, after = 1, before = 2 })).IsError("invalid_message");
        (await client.AskAsync(new { type = "history", channel = Channel, limit = 0 })).IsError("invalid_message");
        (await client.AskAsync(new { type = "history", channel = Channel, after = other })).IsError("invalid_cursor");
        (await client.AskAsync(new { type = "history", channel = "user:bob" })).IsError("forbidden");
        using (var foreign = await http.GetAsync("/v1/channels/user:bob/messages", Cancelled)) await foreign.IsErrorAsync(403, "forbidden");
        using var nobody = node.Client();
        using (var unknown = await nobody.GetAsync($"/v1/channels/{Channel}/messages", Cancelled)) await unknown.IsErrorAsync(401, "unauthorized");
    }

    [Fact]
    public async Task A_cursor_of_a_former_life_of_the_log_reads_everything_kept()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        for (var i = 1; i <= 3; i++) await client.PublishAsync(Channel, i);
        var cursor = (await client.SubscribeAsync(Channel)).Cursor();
        await node.Get<Arauto.Stores.IStore>().Log.ResetAsync(Channel, CancellationToken.None);
        for (var i = 1; i <= 5; i++) await client.PublishAsync(Channel, i);

        var page = (await client.AskAsync(new { type = "history", channel = Channel, after = cursor })).IsReply();

        Assert.Equal([1, 2, 3, 4, 5], Offsets(page));
    }

    private static IEnumerable<int> Offsets(JsonObject page) => page["messages"]!.AsArray().Select(message => (int)message!["offset"]!);

    [Theory]
    [InlineData("public:a/b")]
    [InlineData("public:são_paulo+1&x=%")]
    public async Task Every_name_finds_its_channel_in_an_address(string channel)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");
        await client.PublishAsync(channel, 1);

        var page = await (await http.GetAsync($"/v1/channels/{Uri.EscapeDataString(channel)}/messages", Cancelled)).JsonAsync();
        Assert.Equal(channel, (string?)Assert.Single(page["messages"]!.AsArray())!["channel"]);
        var poll = await (await http.GetAsync($"/poll?channels={Uri.EscapeDataString(channel)}&wait=0", Cancelled)).JsonAsync();
        Assert.NotNull(poll["cursor"]);
    }
}
