using System.Net.Http.Json;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Publishing;

public sealed class PublishLimitTests
{
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_publishes_twenty_at_once_and_then_one_a_second_on_rooms_over_all_entries()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        using var created = await http.PostAsJsonAsync("/v1/rooms", new { type = "private", members = (string[])["bob"] }, Cancelled);
        var channel = (string)(await created.JsonAsync())["channel"]!;
        await using var phone = await node.ConnectAsync("alice");
        await using var laptop = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob");
        for (var i = 0; i < 10; i++)
        {
            (await phone.PublishAsync(channel, i)).IsReply();
            (await laptop.PublishAsync(channel, i)).IsReply();
        }

        Assert.Equal(1, (double)(await phone.PublishAsync(channel, 0)).IsError("rate_limited")["retry_after"]!);
        (await laptop.PublishAsync(channel, 0)).IsError("rate_limited");
        using (var refused = await http.PostAsJsonAsync("/v1/publish", new { channel, @event = "chat" }, Cancelled))
        {
            await refused.IsErrorAsync(429, "rate_limited");
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }
        (await bob.PublishAsync(channel, 1)).IsReply();

        _time.Advance(TimeSpan.FromSeconds(2));
        (await phone.PublishAsync(channel, 1)).IsReply();
        (await laptop.PublishAsync(channel, 1)).IsReply();
        (await phone.PublishAsync(channel, 1)).IsError("rate_limited");
    }

    [Fact]
    public async Task Services_have_no_rate_and_other_prefixes_their_own()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels["public:"].MessagesPerMinute = 30, time: _time);
        await using var service = await node.ConnectAsync("backend", service: true);
        await using var alice = await node.ConnectAsync("alice");
        for (var i = 0; i < 100; i++) (await service.PublishAsync("user:alice", i, "note")).IsReply();
        for (var i = 0; i < 20; i++) (await alice.PublishAsync("public:a", i)).IsReply();

        Assert.Equal(2, (double)(await alice.PublishAsync("public:b", 0)).IsError("rate_limited")["retry_after"]!);
    }

    [Fact]
    public async Task A_connection_sends_commands_at_its_rate_while_pings_are_free()
    {
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Limits.CommandsPerSecond = 4;
                options.Limits.CommandBurst = 8;
            },
            time: _time);
        await using var client = await node.ConnectAsync("alice");
        for (var i = 0; i < 8; i++) (await client.AskAsync(new { type = "presence", channel = "public:a" })).IsReply();

        Assert.Equal(0.25, (double)(await client.AskAsync(new { type = "presence", channel = "public:a" })).IsError("rate_limited")["retry_after"]!);
        for (var i = 0; i < 20; i++) Assert.Equal("pong", (await client.AskAsync(new { type = "ping" })).Type());
        (await client.PublishAsync("public:a")).IsReply();

        _time.Advance(TimeSpan.FromSeconds(0.5));
        (await client.SubscribeAsync("public:a")).IsReply();
        (await client.UnsubscribeAsync("public:a")).IsReply();
        (await client.SubscribeAsync("public:a")).IsError("rate_limited");
    }

    [Fact]
    public async Task The_api_is_called_at_its_rate()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.RequestsPerSecond = 2, time: _time);
        using var alice = node.Client("alice");
        using var bob = node.Client("bob");
        for (var i = 0; i < 8; i++) Assert.Equal(200, await StatusAsync(alice));

        using (var refused = await alice.GetAsync("/v1/rooms", Cancelled)) await refused.IsErrorAsync(429, "rate_limited");
        Assert.Equal(200, await StatusAsync(bob));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await StatusAsync(alice));
    }

    private static async Task<int> StatusAsync(HttpClient http)
    {
        using var response = await http.GetAsync("/v1/rooms", Cancelled);
        return (int)response.StatusCode;
    }
}
