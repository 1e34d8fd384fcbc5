using System.Text.Json.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>Typing and receipts.</summary>
public sealed class SignalTests
{
    private const string Channel = "public:a";

    [Fact]
    public async Task Typing_reaches_the_others_and_is_not_kept()
    {
        await using var node = await TestNode.StartAsync();
        await using var alice = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob");
        (await alice.AskAsync(new { type = "typing", channel = Channel })).IsError("not_subscribed");
        await alice.SubscribeAsync(Channel);
        await bob.SubscribeAsync(Channel);

        (await alice.AskAsync(new { type = "typing", channel = Channel })).IsReply();

        Assert.Equal((Channel, "alice"), Typed(await bob.ReceiveAsync("typing")));
        Assert.DoesNotContain(await alice.DrainAsync(), frame => frame.Type() == "typing");
        Assert.Empty((await alice.AskAsync(new { type = "history", channel = Channel }))["messages"]!.AsArray());
    }

    [Fact]
    public async Task Marks_only_rise_and_the_others_hear_of_each_rise()
    {
        await using var node = await TestNode.StartAsync();
        await using var alice = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob");
        (await bob.AskAsync(new { type = "receipt", channel = Channel, read = 1 })).IsError("not_subscribed");
        await alice.SubscribeAsync(Channel);
        await bob.SubscribeAsync(Channel);
        for (var i = 1; i <= 5; i++) await alice.PublishAsync(Channel, i);

        foreach (var (delivered, read, expected) in new (int?, int?, (int, int)?)[] { (3, null, (3, 0)), (2, null, null), (null, 2, (3, 2)), (null, 4, (4, 4)), (5, 1, (5, 4)), (5, 4, null) })
        {
            var command = new JsonObject { ["type"] = "receipt", ["channel"] = Channel };
            if (delivered is not null) command["delivered"] = delivered;
            if (read is not null) command["read"] = read;
            (await bob.AskAsync(command)).IsReply();
            if (expected is { } marks) Assert.Equal(("bob", marks.Item1, marks.Item2), Marks(await alice.ReceiveAsync("receipt")));
            else Assert.DoesNotContain(await alice.DrainAsync(), frame => frame.Type() == "receipt");
        }
        (await alice.AskAsync(new { type = "receipt", channel = Channel, read = 5 })).IsReply();

        var list = (await bob.AskAsync(new { type = "receipt", channel = Channel })).IsReply()["receipts"]!.AsArray();
        Assert.Equal([("alice", 5, 5), ("bob", 5, 4)], list.Select(receipt => Marks(receipt!.AsObject())));
        Assert.Single(await bob.DrainAsync(), frame => frame.Type() == "receipt");
    }

    [Fact]
    public async Task A_receipt_above_the_newest_message_is_refused()
    {
        await using var node = await TestNode.StartAsync();
        await using var alice = await node.ConnectAsync("alice");
        await alice.SubscribeAsync(Channel);
        (await alice.AskAsync(new { type = "receipt", channel = Channel, read = 1 })).IsError("invalid_message");
        await alice.PublishAsync(Channel, 1);
        (await alice.AskAsync(new { type = "receipt", channel = Channel, delivered = 2 })).IsError("invalid_message");
        (await alice.AskAsync(new { type = "receipt", channel = Channel, read = -1 })).IsError("invalid_message");
        (await alice.AskAsync(new { type = "receipt", channel = Channel, delivered = 1 })).IsReply();
    }

    private static (string, string) Typed(JsonObject frame) => ((string)frame["channel"]!, (string)frame["user"]!);

    private static (string, int, int) Marks(JsonObject receipt) => ((string)receipt["user"]!, (int)receipt["delivered"]!, (int)receipt["read"]!);
}
