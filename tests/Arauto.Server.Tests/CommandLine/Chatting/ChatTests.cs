using System.Text.Json;
using Arauto.Client;
using Arauto.Client.Tests.Scripting;
using Arauto.Server.CommandLine.Chatting;

namespace Arauto.Server.Tests.CommandLine.Chatting;

public sealed class ChatTests : IAsyncLifetime
{
    private const string Room = "room:1";
    private readonly ManualTimeProvider _time = new();
    private readonly FakeScreen _screen = new();
    private ScriptedServer _server = null!;
    private ArautoClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new ArautoClient(new ArautoClientOptions { Url = _server.Url, Token = "T", TimeProvider = _time });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task History_is_shown_first_and_the_subscription_goes_on_from_it()
    {
        var (peer, chatting) = await EnterAsync(7, 8);
        await peer.SendMessageAsync(Room, 9);
        await Shown("bob: [chat] {\"n\":9}");
        Assert.Equal([7, 8, 9], _screen.Lines.Where(l => l.Contains("bob:", StringComparison.Ordinal)).Select(l => int.Parse(l[(l.LastIndexOf(':') + 1)..^1])));
        Assert.Contains("* here: alice, bob (2 devices)", _screen.Lines);
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Arrived_messages_are_reported_as_read_with_the_newest_mark()
    {
        var (peer, chatting) = await EnterAsync();
        await peer.SendMessageAsync(Room, 1);
        long read = 0;
        while (read < 1)
        {
            var receipt = await peer.ExpectAsync("receipt");
            if (receipt.TryGetProperty("read", out var mark)) read = mark.GetInt64();
            else Assert.Equal(1, receipt.GetProperty("delivered").GetInt64());
            await Done(peer, receipt);
        }
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Own_message_shows_who_received_and_read_it()
    {
        var (peer, chatting) = await EnterAsync();
        _screen.Type("hi");
        var command = await peer.AnswerPublishAsync(1);
        Assert.Equal("hi", command.GetProperty("data").GetProperty("content").GetString());
        await peer.SendAsync(Message(1, "alice", "hi"));
        await Shown("alice: hi");
        await peer.SendAsync($$"""{"type":"receipt","channel":"{{Room}}","user":"bob","delivered":1,"read":0}""");
        await Shown("* delivered to bob");
        await peer.SendAsync($$"""{"type":"receipt","channel":"{{Room}}","user":"bob","delivered":1,"read":1}""");
        await Shown("* read by bob");
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Others_typing_joining_and_leaving_are_shown()
    {
        var (peer, chatting) = await EnterAsync();
        await peer.SendAsync($$"""{"type":"presence","channel":"{{Room}}","action":"join","user":"carol"}""");
        await Shown("* carol is here");
        await peer.SendAsync($$"""{"type":"typing","channel":"{{Room}}","user":"carol"}""");
        await Eventually.True(() => _screen.TypingLine == "carol is typing…", "typing is shown");
        await peer.SendAsync($$"""{"type":"presence","channel":"{{Room}}","action":"leave","user":"carol"}""");
        await Shown("* carol has left");
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Typing_is_told_at_most_every_three_seconds()
    {
        var (peer, chatting) = await EnterAsync();
        for (var key = 0; key < 5; key++) _screen.PressKey();
        await peer.ExpectAsync("typing");
        _time.Advance(TimeSpan.FromSeconds(3));
        _screen.PressKey();
        await peer.ExpectAsync("typing");
        _screen.Type("/who");
        await AnswerPresence(peer, await peer.ExpectAsync("presence"));
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Text_of_others_cannot_drive_the_terminal()
    {
        var (peer, chatting) = await EnterAsync();
        await peer.SendAsync(Message(1, "mallory", "\\u001b[2Jboo\\u009b1m\\nalice: I quit"));
        await Shown("mallory: [2Jboo1m alice: I quit");
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Lost_connection_says_how_long_it_waits_and_catches_up()
    {
        var (peer, chatting) = await EnterAsync(7);
        peer.Cut();
        await Eventually.True(() => _client.Status.State == ConnectionState.Waiting, "waiting");
        await Shown("; next try in");
        await Eventually.True(() => Time_due(_client.Status.RetryAfter), "the timer is set");
        _time.Advance(TimeSpan.FromSeconds(1));
        peer = await _server.AcceptAsync(interval: 3600, timeout: 7200);
        JsonElement command;
        while ((command = (await peer.ReceiveAsync())!.Value).GetProperty("type").GetString() != "subscribe")
        {
        }
        Assert.Equal(Peer.Cursor(7), command.GetProperty("since").GetString());
        await Subscribed(peer, command, 7);
        await Shown("* back again; what was missed follows");
        await peer.SendMessageAsync(Room, 8);
        await Shown("{\"n\":8}");
        await LeaveAsync(chatting);
    }

    private bool Time_due(TimeSpan? wait) => wait is { } due && _time.Waiting.Any(w => (w - due).Duration() < TimeSpan.FromMilliseconds(2));

    [Fact]
    public async Task Commands_are_answered_and_unknown_ones_named()
    {
        var (peer, chatting) = await EnterAsync();
        _screen.Type("/nonsense");
        await Shown("! there is no /nonsense; /help for help");
        _screen.Type("/help");
        await Shown("/history N");
        _screen.Type("/history 5");
        var command = await peer.ExpectAsync("history");
        Assert.Equal(5, command.GetProperty("limit").GetInt32());
        await History(peer, command, 3, 4);
        await Shown("* end of the history");
        _screen.Type("//shrug");
        Assert.Equal("/shrug", (await peer.AnswerPublishAsync(1)).GetProperty("data").GetProperty("content").GetString());
        await LeaveAsync(chatting);
    }

    [Fact]
    public async Task Message_that_is_refused_is_shown_and_fails_the_end()
    {
        var (peer, chatting) = await EnterAsync();
        _screen.Type("hi");
        await peer.RefuseAsync(await peer.ExpectAsync("publish"), "forbidden");
        await Shown("! not sent: \"hi\": forbidden: No.");
        _screen.EndInput();
        Assert.Equal(1, await Eventually.Within(chatting));
    }

    [Fact]
    public async Task Room_that_is_refused_ends_the_chat()
    {
        var chatting = new Chat(_client, _screen, Room, _time).RunAsync(TestContext.Current.CancellationToken);
        var peer = await _server.AcceptAsync();
        await peer.RefuseAsync(await peer.ExpectAsync("history"), "forbidden");
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ArautoException>(() => Eventually.Within(chatting))).Code);
    }

    private async Task<(Peer Peer, Task<int> Chatting)> EnterAsync(params int[] history)
    {
        var chatting = new Chat(_client, _screen, Room, _time).RunAsync(TestContext.Current.CancellationToken);
        var peer = await _server.AcceptAsync(interval: 3600, timeout: 7200);
        await History(peer, await peer.ExpectAsync("history"), history);
        var left = history.Length == 0 ? 2 : 3;
        while (left > 0)
        {
            var command = (await peer.ReceiveAsync())!.Value;
            switch (command.GetProperty("type").GetString())
            {
                case "subscribe":
                    Assert.Equal(Peer.Cursor(history.LastOrDefault()), command.GetProperty("since").GetString());
                    await Subscribed(peer, command, history.LastOrDefault());
                    left--;
                    break;
                case "presence":
                    await AnswerPresence(peer, command);
                    left--;
                    break;
                case "receipt":
                    await Done(peer, command);
                    if (command.TryGetProperty("read", out var read) && read.GetInt64() == history.LastOrDefault()) left--;
                    break;
            }
        }
        await Shown("* here:");
        return (peer, chatting);
    }

    private async Task LeaveAsync(Task<int> chatting)
    {
        _screen.Type("/quit");
        Assert.Equal(0, await Eventually.Within(chatting));
    }

    private Task Shown(string text) => Eventually.True(() => _screen.Lines.Any(l => l.Contains(text, StringComparison.Ordinal)), $"\"{text}\" among: {string.Join(" | ", _screen.Lines)}");

    private static Task History(Peer peer, JsonElement command, params int[] offsets) => peer.SendAsync(
        $$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"{{Room}}","messages":[{{string.Join(",", offsets.Select(o => Peer.MessageJson(Room, o)))}}],"cursor":"{{Peer.Cursor(offsets.LastOrDefault())}}","epoch":"{{Peer.Epoch}}","offset":{{offsets.LastOrDefault()}},"more":false}""");

    private static Task Subscribed(Peer peer, JsonElement command, long offset) => peer.SendAsync(
        $$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"{{Room}}","cursor":"{{Peer.Cursor(offset)}}","epoch":"{{Peer.Epoch}}","offset":{{offset}},"resumed":true}""");

    private static Task AnswerPresence(Peer peer, JsonElement command) => peer.SendAsync(
        $$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"{{Room}}","users":[{"user":"alice","connections":1},{"user":"bob","connections":2}]}""");

    private static Task Done(Peer peer, JsonElement command) => peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}}}""");

    private static string Message(long offset, string from, string content) =>
        $$$"""{"type":"chat","channel":"{{{Room}}}","data":{"content":"{{{content}}}"},"timestamp":"2026-11-20T10:00:00.000Z","id":"019a0000-0000-7000-8000-{{{offset:x12}}}","offset":{{{offset}}},"epoch":"{{{Peer.Epoch}}}","from":"{{{from}}}","cursor":"{{{Peer.Cursor(offset)}}}"}""";
}
