using System.CommandLine;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Client.Tests.Scripting;
using Arauto.Server.CommandLine;
using Microsoft.AspNetCore.Http;

namespace Arauto.Server.Tests.CommandLine;

public sealed class VerbsTests : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private ScriptedServer _server = null!;

    private string Url => _server.Url.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("listen")]
    [InlineData("listen --channel a --nonsense")]
    [InlineData("listen --channel a --transport pigeon")]
    [InlineData("listen --channel a --count many")]
    [InlineData("listen --channel a --count 0")]
    [InlineData("listen --channel a,b")]
    [InlineData("listen --channel a --url nowhere")]
    [InlineData("listen --channel a --url http://example.org")]
    [InlineData("listen --channel a --token T --user bob")]
    [InlineData("publish --channel a --event chat")]
    [InlineData("publish --channel a --event presence --data 1")]
    [InlineData("publish --channel a --event chat --data {")]
    [InlineData("publish --channel a --event chat --data 1 --timeout soon")]
    [InlineData("token")]
    [InlineData("token --user alice --ttl soon")]
    [InlineData("token --user alice --claim nothing")]
    [InlineData("token --user alice --claim a=1 --claim a=2")]
    [InlineData("token --user alice --claim sub=bob")]
    [InlineData("token --user alice --ttl 401d")]
    [InlineData("chat --room a*")]
    public async Task Wrong_command_line_ends_with_2_and_one_line(string line)
    {
        using var terminal = new TestTerminal();
        Assert.Equal(2, await Run(terminal, line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Matches("^arauto: [^\n]+\\(see: arauto [^\n]*--help\\)\n$", terminal.Error);
        Assert.Equal("", terminal.Output);
    }

    [Fact]
    public async Task Token_prints_the_token_and_nothing_else()
    {
        using var terminal = new TestTerminal();
        Assert.Equal(0, await Run(terminal, "token", "--user", "alice", "--ttl", "2h", "--claim", "channels={\"doc:*\":[\"subscribe\"]}", "--claim", "team=blue", "--service"));
        var parts = terminal.Output.TrimEnd('\n').Split('.');
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal("alice", claims.GetProperty("sub").GetString());
        Assert.Equal("blue", claims.GetProperty("team").GetString());
        Assert.True(claims.GetProperty("service").GetBoolean());
        Assert.Equal(JsonValueKind.Object, claims.GetProperty("channels").ValueKind);
        Assert.InRange(claims.GetProperty("exp").GetDouble() - claims.GetProperty("iat").GetDouble(), 7200, 7201);
        Assert.Equal("", terminal.Error);
    }

    [Fact]
    public async Task Listen_prints_messages_as_received_and_ends_after_its_count()
    {
        using var terminal = new TestTerminal();
        var listening = Run(terminal, "listen", "--url", Url, "--token", "T", "--channel", "room:1", "--since", "cur4", "--count", "2", "--transport", "ws");
        var peer = await _server.AcceptAsync();
        Assert.Equal("Bearer T", peer.Authorization);
        Assert.Equal("cur4", (await peer.AcceptSubscriptionAsync(4, resumed: true)).GetProperty("since").GetString());
        await peer.SendAsync("""{"type":"gap","channel":"room:1","from":5,"to":6,"reason":"trimmed"}""");
        await peer.SendMessageAsync("room:1", 7);
        await peer.SendMessageAsync("room:1", 8);
        Assert.Equal(0, await Eventually.Within(listening));
        Assert.Equal($"{Peer.MessageJson("room:1", 7)}\n{Peer.MessageJson("room:1", 8)}\n", terminal.Output);
        Assert.Contains("connected as alice", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("gap in room:1: messages 5 to 6 are missing", terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listen_ends_with_0_when_the_reader_of_its_output_is_gone()
    {
        using var terminal = new TestTerminal { BreakPipe = true };
        var listening = Run(terminal, "listen", "--url", Url, "--token", "T", "--channel", "room:1", "--channel", "room:2");
        var peer = await _server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendMessageAsync("room:1", 1);
        await peer.SendMessageAsync("room:2", 1);
        Assert.Equal(0, await Eventually.Within(listening));
    }

    [Fact]
    public async Task Listen_fails_when_one_of_its_channels_is_refused()
    {
        using var terminal = new TestTerminal();
        var listening = Run(terminal, "listen", "--url", Url, "--token", "T", "--channel", "room:1", "--channel", "room:2");
        var peer = await _server.AcceptAsync();
        var first = await peer.ExpectAsync("subscribe");
        await peer.ExpectAsync("subscribe");
        await peer.RefuseAsync(first, "forbidden");
        Assert.Equal(1, await Eventually.Within(listening));
        Assert.Contains("arauto: forbidden: No.", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_prints_the_answer()
    {
        using var terminal = new TestTerminal("""{"content":"from a pipe"}""");
        var publishing = Run(terminal, "publish", "--url", Url, "--token", "T", "--channel", "room:1", "--event", "chat", "--data", "-", "--key", "K");
        var peer = await _server.AcceptAsync();
        var command = await peer.AnswerPublishAsync(3);
        Assert.Equal("from a pipe", command.GetProperty("data").GetProperty("content").GetString());
        Assert.Equal("K", command.GetProperty("key").GetString());
        Assert.Equal(0, await Eventually.Within(publishing));
        var answer = JsonElement.Parse(terminal.Output.TrimEnd('\n'));
        Assert.Equal(3, answer.GetProperty("offset").GetInt64());
        Assert.Equal("", terminal.Error);
    }

    [Fact]
    public async Task Publish_that_is_refused_fails_with_the_servers_words()
    {
        using var terminal = new TestTerminal();
        var publishing = Run(terminal, "publish", "--url", Url, "--token", "T", "--channel", "room:1", "--event", "chat", "--data", "1");
        var peer = await _server.AcceptAsync();
        await peer.RefuseAsync(await peer.ExpectAsync("publish"), "forbidden");
        Assert.Equal(1, await Eventually.Within(publishing));
        Assert.Equal("arauto: forbidden: No.\n", terminal.Error);
        Assert.Equal("", terminal.Output);
    }

    [Fact]
    public async Task Publish_gives_up_after_its_time()
    {
        using var terminal = new TestTerminal();
        var publishing = Run(terminal, "publish", "--url", Url, "--token", "T", "--channel", "room:1", "--event", "chat", "--data", "1", "--timeout", "1s");
        Assert.Equal(1, await Eventually.Within(publishing));
        Assert.Contains("no answer within 1s", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Development_server_gives_the_token_for_the_user()
    {
        var asked = "";
        _server.Http = async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            asked = context.Request.Method + " " + context.Request.Path + " " + await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            await context.Response.WriteAsync("""{"token":"dev"}""", TestContext.Current.CancellationToken);
        };
        using var terminal = new TestTerminal();
        var publishing = Run(terminal, "publish", "--url", Url, "--user", "bob", "--channel", "public:x", "--event", "chat", "--data", "1");
        var peer = await _server.AcceptAsync();
        Assert.Equal("Bearer dev", peer.Authorization);
        await peer.AnswerPublishAsync(1);
        Assert.Equal(0, await Eventually.Within(publishing));
        Assert.Equal("""POST /dev/token {"user":"bob"}""", asked);
    }

    [Fact]
    public async Task Server_without_development_tokens_is_told_as_such()
    {
        using var terminal = new TestTerminal();
        Assert.Equal(1, await Eventually.Within(Run(terminal, "listen", "--url", Url, "--user", "bob", "--channel", "public:x")));
        Assert.Contains("give --token (made with: arauto token --user bob)", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_from_a_pipe_sends_its_lines_in_order_and_ends_with_0()
    {
        using var terminal = new TestTerminal("hello\n\nworld\n");
        var chatting = Run(terminal, "chat", "--url", Url, "--token", "T", "--room", "lobby");
        var peer = await _server.AcceptAsync();
        List<string> said = [];
        while (await peer.ReceiveAsync() is { } command)
        {
            if (command.GetProperty("type").GetString() != "publish") continue;
            Assert.Equal("public:lobby", command.GetProperty("channel").GetString());
            said.Add(command.GetProperty("data").GetProperty("content").GetString()!);
            await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},{{Peer.Outcome(said.Count)}}}""");
        }
        Assert.Equal(["hello", "world"], said);
        Assert.Equal(0, await Eventually.Within(chatting));
    }

    private static Task<int> Run(TestTerminal terminal, params string[] args)
    {
        var root = new RootCommand("test");
        foreach (var verb in Verbs.Create(terminal.Terminal, [], static _ => new TokenIssuer(new AuthOptions { JwtSecret = Secret }, TimeProvider.System))) root.Subcommands.Add(verb);
        return Verbs.RunAsync(root, args, terminal.Terminal);
    }
}
