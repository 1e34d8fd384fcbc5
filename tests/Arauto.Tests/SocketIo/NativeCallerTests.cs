using Arauto.Gateways;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo;

/// <summary>Clients of the native protocol that call the events of gateways.</summary>
public sealed class NativeCallerTests
{
    private static readonly string[] Seven = ["7"];
    private static readonly string[] ToOthers = ["7", "to others"];

    [Fact]
    public async Task A_native_client_calls_an_event_joins_a_room_and_hears_it()
    {
        await using var node = await StartAsync();
        await using var native = await node.ConnectAsync("nils");
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), "/documents");
        Assert.Equal("""["joined","7"]""", (await anna.AskAsync(1, "join_document", "7")).ToJsonString());

        var reply = await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "join_document", data = Seven });

        Assert.Equal("""["joined","7"]""", reply["data"]!.ToJsonString());
        Assert.Equal("""["user_joined",{"user":"nils"}]""", (await anna.EventAsync()).ToJsonString());
        await anna.EmitAsync("say", "7", "hello");
        var heard = await native.ReceiveAsync("said");
        Assert.Equal(("doc:7", "hello"), ((string)heard["channel"]!, (string)heard["data"]!));
    }

    [Fact]
    public async Task It_does_not_hear_its_own_broadcast_and_hears_what_is_for_it_alone()
    {
        await using var node = await StartAsync();
        await using var native = await node.ConnectAsync("nils");
        await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "join_document", data = Seven });

        await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "say", data = ToOthers });
        await node.Get<SocketServer>().Of("/documents").To("doc:7").EmitAsync("said", "to all");
        Assert.Equal("to all", (string)(await native.ReceiveAsync("said"))["data"]!);

        await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "whoami", data = Array.Empty<string>() });
        Assert.Equal("nils", (string)(await native.ReceiveAsync("you"))["data"]!);
    }

    [Fact]
    public async Task It_is_not_asked_to_acknowledge_and_keeps_nobody_else_from_it()
    {
        await using var node = await StartAsync();
        await using var native = await node.ConnectAsync("nils");
        await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "join_document", data = Seven });
        await using var anna = await SocketIoClient.ConnectAsync(node.Http, node.Token("anna"), "/documents");
        await anna.AskAsync(1, "join_document", "7");

        var asked = node.Get<SocketServer>().Of("/documents").To("doc:7").EmitWithAckAsync("question");
        Assert.Equal("""42/documents,0["question"]""", await anna.PacketAsync());
        await anna.SendAsync("""43/documents,0["yes"]""");

        Assert.Equal("yes", (await asked).Single().Get<string>(0));
    }

    [Fact]
    public async Task Failures_are_errors_with_the_applications_word()
    {
        await using var node = await StartAsync();
        await using var native = await node.ConnectAsync("nils");

        var failed = await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "fail", data = Array.Empty<string>() });
        Assert.Equal(("error", "no_such_document", "There is no document 9."), ((string)failed["type"]!, (string)failed["code"]!, (string)failed["message"]!));
        var unknown = await native.AskAsync(new { type = "emit", gateway = "/nowhere", @event = "fail", data = Array.Empty<string>() });
        Assert.Equal("not_found", (string)unknown["code"]!);
        var refused = await native.AskAsync(new { type = "emit", gateway = "/closed", @event = "fail", data = Array.Empty<string>() });
        Assert.Equal(("forbidden", "Nobody may."), ((string)refused["code"]!, (string)refused["message"]!));
    }

    [Fact]
    public async Task The_gateway_is_told_when_it_goes()
    {
        var gone = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await StartAsync(gone);
        var native = await node.ConnectAsync("nils");
        await native.AskAsync(new { type = "emit", gateway = "/documents", @event = "join_document", data = Seven });
        Assert.Single(await node.Get<SocketServer>().Of("/documents").FetchSocketsAsync());

        await native.DisposeAsync();

        await Eventually.EndsAsync("the goodbye", gone.Task);
        Assert.Equal("nils transport close", await gone.Task);
        Assert.Empty(await node.Get<SocketServer>().Of("/documents").FetchSocketsAsync());
    }

    private static Task<TestNode> StartAsync(TaskCompletionSource<string>? gone = null) => TestNode.StartAsync(map: app =>
    {
        app.MapGateway("/documents")
            .OnDisconnected((Socket socket, string reason) =>
            {
                gone?.TrySetResult($"{socket.User} {reason}");
            })
            .On("join_document", async (Socket socket, string id) =>
            {
                await socket.JoinAsync($"doc:{id}");
                await socket.To($"doc:{id}").EmitAsync("user_joined", new { user = socket.User });
                return EventArguments.From(["joined", id]);
            })
            .On("say", (Socket socket, string id, string text) => socket.To($"doc:{id}").EmitAsync("said", text))
            .On("whoami", (Socket socket) => socket.EmitAsync("you", socket.User))
            .On("fail", static void (Socket socket) => throw new GatewayException("There is no document 9.") { Code = "no_such_document" });
        app.MapGateway("/closed").OnConnecting((ConnectContext context) => context.Refuse("Nobody may."));
    });
}
