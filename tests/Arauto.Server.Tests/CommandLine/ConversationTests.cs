using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.CommandLine;

public sealed class ConversationTests : IDisposable
{
    private static readonly string[] Members = ["bob"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_people_talk_the_server_restarts_they_go_on_and_the_history_is_there()
    {
        var address = $"127.0.0.1:{RedisProcess.FreePort()}";
        string room;
        var server = await ServerProcess.StartAsync(_folder.Path, ["--listen", address]);
        ChildProcess alice, bob;
        await using (server)
        {
            room = await MakeRoomAsync(server);
            alice = Chat(server, "alice", room);
            await alice.OutputAsync("alice is connected", line => line.StartsWith("* connected as alice", StringComparison.Ordinal));
            await alice.OutputAsync("alice is there", line => line.StartsWith("* here: alice", StringComparison.Ordinal));
            bob = Chat(server, "bob", room);
            await alice.OutputAsync("bob comes", line => line == "* bob is here");
            await SayAsync(alice, bob, "alice", "Good morning, Bob");
            await alice.OutputAsync("bob has read it", line => line == "* read by bob");
            await SayAsync(bob, alice, "bob", "olá Alice 👋");
        }
        await using var _ = alice;
        await using var __ = bob;
        await alice.OutputAsync("alice sees the server go", line => line.StartsWith("* not connected", StringComparison.Ordinal));
        await alice.WriteLineAsync("said while the server was away");

        await using var restarted = await ServerProcess.StartAsync(_folder.Path, ["--listen", address]);
        await HeardAsync(bob, "alice", "said while the server was away");
        await SayAsync(bob, alice, "bob", "I got it");
        await alice.WriteLineAsync("/quit");
        Assert.Equal(0, await alice.ExitAsync());
        await bob.OutputAsync("alice leaves", line => line == "* alice has left");
        bob.CloseInput();
        Assert.Equal(0, await bob.ExitAsync());

        await using var later = Chat(restarted, "bob", room);
        string[] said = ["alice: Good morning, Bob", "bob: olá Alice 👋", "alice: said while the server was away", "bob: I got it"];
        foreach (var line in said) await later.OutputAsync(line, shown => shown.EndsWith(line, StringComparison.Ordinal));
        await later.WriteLineAsync("/history 10");
        await later.OutputAsync("the history", line => line == "* end of the history");
        Assert.Equal([.. said, .. said], later.Output.Where(line => !line.StartsWith('*')).Select(line => line[9..]));
        await later.WriteLineAsync("/quit");
        Assert.Equal(0, await later.ExitAsync());
        Assert.Empty(later.Errors);
    }

    [Fact]
    public async Task Who_may_not_enter_the_room_gets_one_line_and_exit_code_1()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var eve = Chat(server, "eve", await MakeRoomAsync(server));
        Assert.Equal(1, await eve.ExitAsync());
        Assert.StartsWith("arauto: ", Assert.Single(eve.Errors), StringComparison.Ordinal);
    }

    private ChildProcess Chat(ServerProcess server, string user, string room) => ArautoProcess.Start(
        _folder.Path, ["chat", "--url", $"{server.Http}", "--room", room], new Dictionary<string, string> { ["ARAUTO_TOKEN"] = server.Token(user) });

    private static async Task SayAsync(ChildProcess speaker, ChildProcess listener, string user, string text)
    {
        await speaker.WriteLineAsync(text);
        await HeardAsync(listener, user, text);
        await HeardAsync(speaker, user, text);
    }

    private static Task<string> HeardAsync(ChildProcess chat, string user, string text) => chat.OutputAsync($"{user} says: {text}", line => line.EndsWith($" {user}: {text}", StringComparison.Ordinal));

    private static async Task<string> MakeRoomAsync(ServerProcess server)
    {
        using var http = server.Client(server.Token("alice"));
        using var made = await http.PostAsJsonAsync("/v1/rooms", new { type = "private", members = Members }, Cancelled);
        return (string)(await made.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["id"]!;
    }
}
