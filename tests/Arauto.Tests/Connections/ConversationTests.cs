using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

public sealed class ConversationTests
{
    [Fact]
    public async Task A_message_comes_out_everywhere_with_its_place_in_the_log()
    {
        await using var node = await TestNode.StartAsync();
        await using var alice = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob", deflate: true);
        await alice.AskAsync(new { type = "subscribe", channel = "public:lobby" });
        await bob.AskAsync(new { type = "subscribe", channel = "public:lobby" });

        var reply = await alice.AskAsync(new { type = "publish", channel = "public:lobby", @event = "chat", data = new { content = "hi" } });
        var toBob = await bob.ReceiveAsync("chat");
        var toAlice = await alice.ReceiveAsync("chat");

        Assert.Equal(1, (long)reply["offset"]!);
        Assert.Equal("full", (string)reply["fanout"]!);
        Assert.Equal((string)reply["message"]!, (string)toBob["id"]!);
        Assert.Equal("hi", (string)toBob["data"]!["content"]!);
        Assert.Equal("alice", (string)toBob["from"]!);
        Assert.Equal(toBob.ToJsonString(), toAlice.ToJsonString());
    }
}
