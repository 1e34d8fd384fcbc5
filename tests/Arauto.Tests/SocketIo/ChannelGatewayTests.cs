using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo;

/// <summary>The node's channels over Socket.IO: the rights, limits and messages of the native protocol.</summary>
public sealed class ChannelGatewayTests
{
    private const string Lobby = "public:lobby";

    [Fact]
    public async Task A_client_subscribes_publishes_and_reads_history()
    {
        await using var node = await StartAsync();
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        await using var native = await node.ConnectAsync("nils");
        await native.SubscribeAsync(Lobby);
        Assert.Equal(Lobby, (string)(await anna.AskAsync(1, "subscribe", Lobby))[0]!["channel"]!);

        await anna.SendAsync($$$"""422["publish",{"channel":"{{{Lobby}}}","event":"chat","data":{"content":"hi"}}]""");

        var heard = await anna.EventAsync();
        Assert.Equal(("chat", "hi", Lobby, 1, "anna"), ((string)heard[0]!, (string)heard[1]!["content"]!, (string)heard[2]!["channel"]!, (int)heard[2]!["offset"]!, (string)heard[2]!["from"]!));
        Assert.StartsWith("""432[{"message":""", await anna.PacketAsync());
        Assert.Equal("hi", (string)(await native.ReceiveAsync("chat"))["data"]!["content"]!);
        var page = await anna.AskAsync(3, "history", Lobby, new { after = 0, limit = 10 });
        Assert.Equal("anna", (string)page[0]!["messages"]![0]!["from"]!);
    }

    [Fact]
    public async Task Rights_limits_and_names_are_those_of_everybody()
    {
        await using var node = await StartAsync();
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));

        Assert.Equal("forbidden", CodeOf(await anna.AskAsync(1, "subscribe", "user:bert")));
        Assert.Equal("unknown_channel", CodeOf(await anna.AskAsync(2, "subscribe", "nothing:1")));
        Assert.Equal("invalid_channel", CodeOf(await anna.AskAsync(3, "subscribe", "a b")));
        Assert.Equal("forbidden", CodeOf(await anna.AskAsync(4, "subscribe", "io:/")));
        Assert.Equal("forbidden", CodeOf(await anna.AskAsync(5, "publish", new { channel = "broadcast", @event = "x" })));
        Assert.Equal("invalid_message", CodeOf(await anna.AskAsync(6, "publish", new { channel = Lobby, @event = "typing" })));
        Assert.Equal("invalid_channel", CodeOf(await anna.AskAsync(7, "unsubscribe", anna.Sid)));
    }

    [Fact]
    public async Task Messages_of_the_users_own_channels_come_without_asking()
    {
        await using var node = await StartAsync();
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        await using var service = await node.ConnectAsync("service", service: true);

        await service.PublishAsync("notifications:anna", new { content = "mail" }, "new_message");

        var heard = await anna.EventAsync();
        Assert.Equal(("new_message", "mail"), ((string)heard[0]!, (string)heard[1]!["content"]!));
    }

    [Fact]
    public async Task Who_is_no_member_any_more_does_not_recover_into_the_room()
    {
        await using var node = await StartAsync();
        using var http = node.Client("owner");
        var created = await http.PostAsync("/v1/rooms", new StringContent("""{"type":"private","members":["anna"]}"""), TestContext.Current.CancellationToken);
        var room = (string)JsonNode.Parse(await created.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!;
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        Assert.Equal($"room:{room}", (string)(await anna.AskAsync(1, "subscribe", $"room:{room}"))[0]!["channel"]!);

        anna.Abort();
        await Eventually.TrueAsync("it has gone", async () => (await node.Get<Arauto.Gateways.SocketServer>().Of("/").FetchSocketsAsync()).Count == 0);
        (await http.DeleteAsync($"/v1/rooms/{room}/members/anna", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await using var back = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), before: anna);

        Assert.NotEqual(anna.Sid, back.Sid);
    }

    [Fact]
    public async Task A_bad_token_is_refused_and_the_connection_stays()
    {
        await using var node = await StartAsync();
        await using var client = await SocketIoClient.OpenAsync(node.Http);

        await client.SendAsync("40");
        Assert.EndsWith("\"data\":{\"code\":\"unauthorized\"}}", await client.PacketAsync());
        await client.SendAsync("""40{"token":"nonsense"}""");
        Assert.StartsWith("44{\"message\":", await client.PacketAsync());
        await client.SendAsync($$"""40{"token":"{{node.Token("anna")}}"}""");
        Assert.StartsWith("40{\"sid\":", await client.PacketAsync());
    }

    [Fact]
    public async Task A_revoked_token_ends_the_socket()
    {
        await using var node = await StartAsync();
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"));
        using var http = node.Client("service", service: true);

        (await http.PostAsync("/v1/sessions/revoke", new StringContent("""{"user":"anna"}"""), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        Assert.Equal("41", await anna.PacketAsync());
    }

    private static string CodeOf(JsonArray answer) => (string)answer[0]!["error"]!["code"]!;

    private static Task<TestNode> StartAsync() => TestNode.StartAsync(map: app => app.MapChannelGateway());
}
