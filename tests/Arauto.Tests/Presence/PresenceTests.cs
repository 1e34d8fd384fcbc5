using System.Text.Json.Nodes;
using Arauto.Presence;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Presence;

public sealed class PresenceTests
{
    private const string Channel = "public:a";
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Others_hear_who_comes_and_after_the_grace_period_who_goes()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using var alice = await node.SubscribedAsync("alice", Channel);
        var bob = await node.SubscribedAsync("bob", Channel);

        await ExpectAsync(alice, "join", "bob");
        Assert.DoesNotContain(await bob.DrainAsync(), frame => frame.Type() == "presence");
        await bob.DisposeAsync();
        await GoneAsync(node, 1);
        _time.Advance(TimeSpan.FromSeconds(4.5));
        Assert.DoesNotContain(await alice.DrainAsync(), frame => frame.Type() == "presence");
        Assert.Equal(["alice", "bob"], await UsersAsync(alice));
        _time.Advance(TimeSpan.FromSeconds(1));

        await ExpectAsync(alice, "leave", "bob");
        Assert.Equal(["alice"], await UsersAsync(alice));
    }

    [Fact]
    public async Task Who_is_back_within_the_grace_period_makes_no_noise()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using var alice = await node.SubscribedAsync("alice", Channel);
        for (var i = 0; i < 3; i++)
        {
            await (await node.SubscribedAsync("bob", Channel)).DisposeAsync();
            await GoneAsync(node, 1);
            _time.Advance(TimeSpan.FromSeconds(4));
        }
        await using var bob = await node.SubscribedAsync("bob", Channel);
        _time.Advance(TimeSpan.FromSeconds(10));

        var noise = (await alice.DrainAsync()).Where(frame => frame.Type() == "presence").ToList();
        Assert.Equal("join", (string?)Assert.Single(noise)["action"]);
    }

    [Fact]
    public async Task A_user_with_several_devices_is_there_once_until_the_last_has_gone()
    {
        await using var node = await TestNode.StartAsync(options => options.Presence.GraceSeconds = 0, time: _time);
        await using var alice = await node.SubscribedAsync("alice", Channel);
        var phone = await node.SubscribedAsync("bob", Channel);
        var laptop = await node.SubscribedAsync("bob", Channel);
        await ExpectAsync(alice, "join", "bob");
        var users = (await alice.AskAsync(new { type = "presence", channel = Channel })).IsReply()["users"]!.AsArray();
        Assert.Equal([("alice", 1), ("bob", 2)], users.Select(user => ((string)user!["user"]!, (int)user["connections"]!)));

        await phone.DisposeAsync();
        await GoneAsync(node, 2);
        Assert.DoesNotContain(await alice.DrainAsync(), frame => frame.Type() == "presence");
        await laptop.UnsubscribeAsync(Channel);

        await ExpectAsync(alice, "leave", "bob");
        await laptop.DisposeAsync();
    }

    [Fact]
    public async Task The_list_is_the_same_over_HTTP_and_refused_where_there_is_none()
    {
        await using var node = await TestNode.StartAsync();
        await using var alice = await node.SubscribedAsync("alice", Channel);
        using var http = node.Client("bob");
        var listed = (await alice.AskAsync(new { type = "presence", channel = Channel })).IsReply();
        var served = JsonNode.Parse(await http.GetStringAsync($"/v1/channels/{Channel}/presence", TestContext.Current.CancellationToken))!;

        Assert.Equal(listed["users"]!.ToJsonString(), served["users"]!.ToJsonString());
        (await alice.AskAsync(new { type = "presence", channel = "broadcast" })).IsError("forbidden");
        using var refused = await http.GetAsync("/v1/channels/broadcast/presence", TestContext.Current.CancellationToken);
        await refused.IsErrorAsync(403, "forbidden");
    }

    [Fact]
    public async Task A_connection_that_is_cut_leaves_too()
    {
        await using var node = await TestNode.StartAsync(options => options.Presence.GraceSeconds = 0, time: _time);
        await using var alice = await node.SubscribedAsync("alice", Channel);
        var bob = await node.SubscribedAsync("bob", Channel);
        await ExpectAsync(alice, "join", "bob");

        bob.Socket.Abort();

        await ExpectAsync(alice, "leave", "bob");
        Assert.Equal(["alice"], node.Get<PresenceRegistry>().ListHere(Channel).Select(user => user.User));
        await bob.DisposeAsync();
    }

    [Fact]
    public async Task Joins_and_leaves_at_the_same_time_are_told_in_their_order()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Presence.GraceSeconds = 0;
            options.Limits.OutboundQueueBytes = 1 << 30;
        });
        await using var alice = await node.SubscribedAsync("alice", Channel);
        var registry = node.Get<PresenceRegistry>();
        using (await LaneBlock.HoldAsync(node))
        {
            Parallel.For(0, 3, _ =>
            {
                for (var i = 0; i < 20_000; i++)
                {
                    registry.Join(Channel, "bob", null!);
                    registry.Leave(Channel, "bob");
                }
            });
        }

        var told = (await alice.DrainAsync()).Where(frame => frame.Type() == "presence").Select(frame => (string)frame["action"]!).ToList();
        Assert.NotEmpty(told);
        Assert.All(told.Index(), step => Assert.Equal(step.Index % 2 == 0 ? "join" : "leave", step.Item));
    }

    private static async Task ExpectAsync(WireClient client, string action, string user)
    {
        var frame = await client.ReceiveAsync("presence");
        Assert.Equal((Channel, action, user), ((string)frame["channel"]!, (string)frame["action"]!, (string)frame["user"]!));
    }

    private static async Task<IEnumerable<string>> UsersAsync(WireClient client) =>
        (await client.AskAsync(new { type = "presence", channel = Channel })).IsReply()["users"]!.AsArray().Select(user => (string)user!["user"]!);

    private static Task GoneAsync(TestNode node, int remaining) =>
        Eventually.TrueAsync($"{remaining} remain", () => node.Get<Arauto.Hubs.Hub>().ConnectionCount == remaining);
}
