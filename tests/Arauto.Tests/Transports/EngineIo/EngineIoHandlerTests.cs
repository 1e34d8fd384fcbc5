using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;
using Arauto.Transports.EngineIo;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>What the handler is told, when, and what it may do.</summary>
public class EngineIoHandlerTests : EngineIoTests
{
    [Fact]
    public async Task Messages_wait_for_the_one_before_them_and_the_client_feels_it()
    {
        await using var server = await StartAsync();
        using var socket = await server.OpenSocketAsync();
        var release = new TaskCompletionSource();
        server.Handler.Message = async (_, _) => await release.Task;
        await socket.SendAsync(ClientFrame.Text("41"));
        await socket.SendAsync(ClientFrame.Text("42"));
        await server.Handler.CallAsync("text 1");

        // More than all buffers between us hold: the server does not read.
        var large = ClientFrame.Create(0x82, new byte[900_000]);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await socket.SendAsync(large);
        }, TestContext.Current.CancellationToken);
        Assert.NotEqual(sending, await Task.WhenAny(sending, Task.Delay(300, TestContext.Current.CancellationToken)));
        Assert.Equal(["opened", "text 1"], server.Handler.Calls);

        release.SetResult();
        await Eventually.EndsAsync("the client can send again", sending);
        await Eventually.TrueAsync("all have come", () => server.Handler.Calls.Count == 23);
        Assert.Equal("text 2", server.Handler.Calls[2]);
    }

    [Fact]
    public async Task The_end_is_told_last_and_once_though_the_handler_is_busy()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var release = new TaskCompletionSource();
        server.Handler.Message = async (session, _) =>
        {
            await release.Task;
            Assert.True(session.Closed.IsCancellationRequested);
            session.Close();
        };
        var post = server.PostAsync(sid, "4a\x1e" + "4b");
        await server.Handler.CallAsync("text a");

        server.Handler.Session!.Close();
        Assert.Equal(["opened", "text a"], server.Handler.Calls);
        release.SetResult();

        (await post).IsPayload("ok");
        Assert.Equal("forced close", await server.Handler.ClosedAsync());
        Assert.Equal(["opened", "text a", "closed forced close"], server.Handler.Calls);
    }

    [Fact]
    public async Task A_session_closed_while_it_opens_is_told_so_and_its_client_too()
    {
        await using var server = await StartAsync();
        server.Handler.Opened = session =>
        {
            session.Send("bye");
            session.Close();
        };
        var sid = await server.OpenAsync();
        Assert.Equal(["opened", "closed forced close"], server.Handler.Calls);
        (await server.GetAsync(sid)).IsPayload("4bye\x1e" + "1");

        using var socket = await server.OpenSocketAsync();
        Assert.Equal("4bye", await socket.ReadTextAsync());
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("message")]
    [InlineData("later")]
    public async Task A_handler_that_fails_ends_its_session_and_nothing_else(string where)
    {
        await using var server = await StartAsync();
        server.ExpectsFaults = true;
        var other = await server.OpenAsync();
        if (where == "opened") server.Handler.Opened = _ => throw new InvalidOperationException("as the test wants");
        else
        {
            server.Handler.Message = async (_, _) =>
            {
                if (where == "later") await Task.Yield();
                throw new InvalidOperationException("as the test wants");
            };
        }
        var sid = await server.OpenAsync();
        if (where != "opened") (await server.PostAsync(sid, "4a")).IsPayload("ok");
        Assert.Equal("forced close", await server.Handler.ClosedAsync());
        Assert.Equal(1, server.Handler.Calls.Count(call => call.StartsWith("closed", StringComparison.Ordinal)));

        server.Handler.Message = RecordingHandler.Echo;
        (await server.PostAsync(other, "4a")).IsPayload("ok");
        (await server.GetAsync(other)).IsPayload("4a");
    }

    [Fact]
    public async Task A_message_comes_with_the_headers_of_the_request_that_brought_it()
    {
        await using var server = await StartAsync();
        server.Handler.Message = (session, message) =>
        {
            session.Send(message.Headers["X-Custom"].ToString());
            return default;
        };
        var sid = await server.OpenAsync();
        await server.SendAsync(HttpMethod.Post, $"?EIO=4&transport=polling&sid={sid}", "4a", request => request.Headers.Add("X-Custom", "of the POST"));
        (await server.GetAsync(sid)).IsPayload("4of the POST");
        using var socket = await RawWebSocket.OpenAsync(server.Port, "X-Custom: of the handshake\r\n", EngineIoServer.Path + "?EIO=4&transport=websocket");
        await socket.ReadTextAsync();
        await socket.SendAsync(ClientFrame.Text("4a"));
        Assert.Equal("4of the handshake", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task Shared_frames_go_over_polling_as_packets_and_completion_follows_the_GET_that_takes_them()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var session = server.Handler.Session!;
        ReadOnlyMemory<byte>[] frames = [Joined(EngineIoFrames.Text(EngineIoPacketType.Message, "51-[\"a\",{\"_placeholder\":true,\"num\":0}]"), EngineIoFrames.Binary([1, 2, 3])), EngineIoFrames.Text(EngineIoPacketType.Message, "2[\"€\"]")];
        const string Payload = "451-[\"a\",{\"_placeholder\":true,\"num\":0}]\x1e" + "bAQID\x1e" + "42[\"€\"]";

        var poll = await server.ParkAsync(sid);
        Assert.True(session.SendFrames(frames));
        (await poll).IsPayload(Payload);
        Assert.DoesNotContain("completed", server.Handler.Calls);

        // Without a GET they wait, and the next one takes all of them.
        Assert.True(session.SendFrames(frames));
        session.Send("between");
        Assert.True(session.SendFrames(frames));
        (await server.GetAsync(sid)).IsPayload(Payload + "\x1e" + "4between\x1e" + Payload);
        Assert.DoesNotContain("completed", server.Handler.Calls);

        // Until it is too much: then the sender waits too.
        var large = EngineIoFrames.Text(EngineIoPacketType.Message, new string('x', 40_000));
        Assert.True(session.SendFrames([large]));
        Assert.False(session.SendFrames([large]));
        Assert.DoesNotContain("completed", server.Handler.Calls);
        Assert.Equal(2 * 40_001 + 1, (await server.GetAsync(sid)).Body.Length);
        Assert.Equal(1, server.Handler.Calls.Count(call => call == "completed"));
    }

    [Fact]
    public async Task Shared_frames_go_over_WebSocket_as_they_are_and_completion_follows_when_the_client_reads()
    {
        await using var server = await StartAsync();
        using var socket = await server.OpenSocketAsync();
        var session = server.Handler.Session!;
        Assert.True(session.SendFrames([Joined(EngineIoFrames.Text(EngineIoPacketType.Message, "a"), EngineIoFrames.Binary([1, 2, 3]))]));
        Assert.Equal("4a", await socket.ReadTextAsync());
        Assert.Equal([1, 2, 3], (await socket.ReadFrameAsync())!.Value.Payload);

        var large = EngineIoFrames.Binary(new byte[900_000]);
        var sent = 0;
        do sent++;
        while (session.SendFrames([large]) && sent < 100);
        Assert.InRange(sent, 1, 99);
        session.Send("behind");
        for (var i = 0; i < sent; i++) Assert.Equal(900_000, (await socket.ReadFrameAsync())!.Value.Payload.Length);
        Assert.Equal("4behind", await socket.ReadTextAsync());
        await server.Handler.CallAsync("completed");
        Assert.True(session.SendFrames([EngineIoFrames.Text(EngineIoPacketType.Message, "b")]));
        Assert.Equal("4b", await socket.ReadTextAsync());
        Assert.Equal(1, server.Handler.Calls.Count(call => call == "completed"));
    }

    [Fact]
    public async Task Shared_frames_that_wait_for_a_GET_go_over_the_WebSocket_after_the_switch()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        Assert.False(server.Handler.Session!.SendFrames([EngineIoFrames.Text(EngineIoPacketType.Message, "a"), EngineIoFrames.Binary(new byte[100_000])]));
        using var socket = await server.UpgradeAsync(sid);
        Assert.Equal("4a", await socket.ReadTextAsync());
        Assert.Equal(100_000, (await socket.ReadFrameAsync())!.Value.Payload.Length);
        await server.Handler.CallAsync("completed");
    }

    [Fact]
    public async Task Who_waits_for_completion_is_told_when_the_session_ends()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        Assert.False(server.Handler.Session!.SendFrames([EngineIoFrames.Binary(new byte[100_000])]));
        await server.PostAsync(sid, "1");
        Assert.Equal(["opened", "completed", "closed transport close"], server.Handler.Calls);
        Assert.True(server.Handler.Session.SendFrames([EngineIoFrames.Text(EngineIoPacketType.Message, "b")]));
    }

    [Fact]
    public async Task Items_belong_to_the_session()
    {
        await using var server = await StartAsync();
        await server.OpenAsync();
        var first = server.Handler.Session!;
        await server.OpenAsync();
        first.Items["a"] = 1;
        Assert.Equal(1, first.Items["a"]);
        Assert.Empty(server.Handler.Session!.Items);
    }

    [Fact]
    public async Task A_node_that_stops_closes_its_sessions_and_takes_no_more()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var poll = await server.ParkAsync(sid);
        using var socket = await server.OpenSocketAsync();

        var stopping = server.StopAsync();

        (await poll).IsPayload("1");
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        await Eventually.TrueAsync("both are told", () => server.Handler.Calls.Count(call => call == "closed server shutting down") == 2);
        socket.Reset();
        await Eventually.EndsAsync("the server", stopping);
    }

    [Fact]
    public async Task Sessions_that_come_while_the_node_stops_are_refused()
    {
        await using var server = await StartAsync(options => options.CheckLimits = false);
        server.StopSessions();
        var refused = await server.SendAsync(HttpMethod.Get, "?EIO=4&transport=polling");
        refused.IsRefusal(4, "The server is about to stop; connect again.", 503);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    private static byte[] Joined(byte[] first, byte[] second) => [.. first, .. second];
}
