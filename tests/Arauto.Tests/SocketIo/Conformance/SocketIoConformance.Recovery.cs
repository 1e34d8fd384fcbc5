using System.Text.Json;

namespace Arauto.Tests.SocketIo.Conformance;

public abstract partial class SocketIoConformance
{
    [Fact]
    public async Task A_recoverable_socket_gets_a_secret_and_its_events_an_offset()
    {
        var link = await OpenAsync(ConformanceNode.Recovering);
        var (socket, _) = await EnterAsync(link);
        Assert.NotEqual(socket.Sid, socket.Pid);
        Assert.NotEqual(link.SessionId, socket.Pid);

        await link.SendAsync("42[\"message\",1]");
        Assert.Matches("""^42\["message-back",1,"[^"]+"\]$""", await TextAsync(link));
        await SendAsync(link, "451-[\"message\",{\"_placeholder\":true,\"num\":0}]", One);
        Assert.Matches("""^451-\["message-back",\{"_placeholder":true,"num":0\},"[^"]+"\]$""", await TextAsync(link));
        Assert.Equal(One, await BinaryAsync(link));
        await link.SendAsync("421[\"message-with-ack\",1]");
        Assert.Equal("431[1]", await TextAsync(link));
        await link.SendAsync("422[\"ask-me\",1]");
        Assert.Matches("""^42\d+\["question",1\]$""", await TextAsync(link));
    }

    [Fact]
    public async Task What_was_missed_comes_in_order_to_the_same_socket_in_the_same_rooms()
    {
        var (socket, offset) = await GoAsync(ConformanceNode.Recovering, link => link.SendAsync("1"));
        var room = RoomOf(socket);
        for (var i = 0; i < 3; i++)
        {
            await Node.Sockets.To(room).EmitAsync("room", i);
            await Node.Sockets.To(socket.Sid).EmitAsync("own", i);
        }
        var askings = Node.Askings;
        var link = await OpenAsync(ConformanceNode.Recovering);
        await link.SendAsync(socket.Recover(offset));
        RecoverableSocket? back = null;
        var missed = new List<JsonElement>();
        while (back is null || missed.Count < 6)
        {
            var text = await TextAsync(link);
            if (text.StartsWith("40", StringComparison.Ordinal)) back = RecoverableSocket.Read(text);
            else missed.Add(JsonElement.Parse(text[2..]));
        }
        Assert.Equal(socket, back);
        Assert.Equal(askings, Node.Askings);
        foreach (var name in (string[])["room", "own"])
            Assert.Equal([0, 1, 2], missed.Where(e => e[0].GetString() == name).Select(e => e[1].GetInt32()));

        // The handler of the connection greets it again; then it lives on.
        await HearAsync(link, "auth");
        await link.SendAsync("427[\"notes\"]");
        Assert.Equal("437[\"kept\"]", await TextAsync(link));
        await Node.Sockets.To(room).EmitAsync("live");
        await HearAsync(link, "live");
    }

    [Fact]
    public async Task A_socket_is_kept_when_the_server_closes_its_connection()
    {
        var (socket, offset) = await GoAsync(ConformanceNode.Recovering, link => link.SendAsync("42[\"close\"]"));
        Assert.Equal(socket, await ComeAsync(ConformanceNode.Recovering, socket.Recover(offset)));
    }

    [Fact]
    public async Task A_socket_is_kept_when_its_client_answers_no_ping()
    {
        var (socket, offset) = await GoAsync(ConformanceNode.Strict, link => link.FallSilentAsync());
        Assert.Equal(socket, await ComeAsync(ConformanceNode.Strict, socket.Recover(offset)));
    }

    [Fact]
    public async Task A_socket_that_its_client_ended_is_not_kept()
    {
        var (socket, offset) = await GoAsync(ConformanceNode.Recovering, async link =>
        {
            await link.SendAsync("41");
            await link.SendAsync("1");
        });
        AssertAnother(socket, await ComeAsync(ConformanceNode.Recovering, socket.Recover(offset)));
    }

    [Fact]
    public async Task A_socket_that_the_server_ended_is_not_kept()
    {
        var (socket, offset) = await GoAsync(ConformanceNode.Recovering, async link =>
        {
            await link.SendAsync("42[\"leave\"]");
            Assert.Equal("41", await TextAsync(link));
            await link.SendAsync("1");
        });
        AssertAnother(socket, await ComeAsync(ConformanceNode.Recovering, socket.Recover(offset)));
    }

    [Fact]
    public async Task An_unknown_secret_or_offset_begins_a_new_socket()
    {
        var (socket, offset) = await GoAsync(ConformanceNode.Recovering, link => link.SendAsync("1"));
        AssertAnother(socket, await ComeAsync(ConformanceNode.Recovering, (socket with { Pid = "AAAAAAAAAAAAAAAAAAAA" }).Recover(offset)));
        AssertAnother(socket, await ComeAsync(ConformanceNode.Recovering, socket.Recover("nonsense")));
    }

    [Fact]
    public async Task Where_recovery_is_off_its_words_mean_nothing()
    {
        var link = await OpenAsync();
        await link.SendAsync("40{\"pid\":\"AAAAAAAAAAAAAAAAAAAA\",\"offset\":\"x\"}");
        Assert.DoesNotContain("pid", await TextAsync(link), StringComparison.Ordinal);
        Assert.Equal("42[\"auth\",{\"pid\":\"AAAAAAAAAAAAAAAAAAAA\",\"offset\":\"x\"}]", await TextAsync(link));
    }

    private static string RoomOf(RecoverableSocket socket) => $"room-{socket.Sid}";

    private static async Task<(RecoverableSocket Socket, string Offset)> EnterAsync(RawLink link)
    {
        await link.SendAsync("40");
        return (RecoverableSocket.Read(await TextAsync(link)), await HearAsync(link, "auth"));
    }

    /// <summary>A socket that joins a room, leaves a note and is gone. What it needs to come back.</summary>
    private async Task<(RecoverableSocket Socket, string Offset)> GoAsync(string path, Func<RawLink, Task> end)
    {
        var link = await OpenAsync(path);
        var (socket, offset) = await EnterAsync(link);
        await link.SendAsync($"421[\"join\",\"{RoomOf(socket)}\"]");
        Assert.Equal("431[\"ok\"]", await TextAsync(link));
        await link.SendAsync("422[\"note\",\"kept\"]");
        Assert.Equal("432[]", await TextAsync(link));
        await end(link);
        Assert.Null(await link.NextAsync());
        return (socket, offset);
    }

    private async Task<RecoverableSocket> ComeAsync(string path, string connect)
    {
        var link = await OpenAsync(path);
        await link.SendAsync(connect);
        while (true)
        {
            var text = await TextAsync(link);
            if (text.StartsWith("40", StringComparison.Ordinal)) return RecoverableSocket.Read(text);
        }
    }

    /// <summary>Reads one event and gives its offset.</summary>
    private static async Task<string> HearAsync(RawLink link, string name)
    {
        var e = JsonElement.Parse((await TextAsync(link))[2..]);
        Assert.Equal(name, e[0].GetString());
        return e[e.GetArrayLength() - 1].GetString()!;
    }

    private static void AssertAnother(RecoverableSocket before, RecoverableSocket now)
    {
        Assert.NotEqual(before.Sid, now.Sid);
        Assert.NotEqual(before.Pid, now.Pid);
    }

    /// <summary>What a client is told when it joins: the id, and the secret with which it comes back.</summary>
    private sealed record RecoverableSocket(string Sid, string Pid)
    {
        public static RecoverableSocket Read(string packet)
        {
            var json = JsonElement.Parse(packet[2..]);
            Assert.Equal(["pid", "sid"], json.EnumerateObject().Select(member => member.Name).Order());
            return new RecoverableSocket(json.GetProperty("sid").GetString()!, json.GetProperty("pid").GetString()!);
        }

        public string Recover(string offset) => $"40{{\"pid\":\"{Pid}\",\"offset\":\"{offset}\"}}";
    }
}
