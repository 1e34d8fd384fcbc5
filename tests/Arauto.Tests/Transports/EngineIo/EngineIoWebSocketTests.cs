using System.Text;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>Packets over WebSocket.</summary>
public sealed class EngineIoWebSocketTests
{
    [Fact]
    public async Task Text_and_binary_come_back_in_order()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        await socket.SendAsync(ClientFrame.Text("4a"));
        await socket.SendAsync(ClientFrame.Create(0x82, [1, 2, 3, 4]));
        await socket.SendAsync(ClientFrame.Text("4€😀"));
        await socket.SendAsync(ClientFrame.Text("4"));
        await socket.SendAsync(ClientFrame.Create(0x82, []));

        Assert.Equal("4a", await socket.ReadTextAsync());
        Assert.Equal((0x82, "01020304"), Frame(await socket.ReadFrameAsync()));
        Assert.Equal("4€😀", await socket.ReadTextAsync());
        Assert.Equal("4", await socket.ReadTextAsync());
        Assert.Equal((0x82, ""), Frame(await socket.ReadFrameAsync()));
        Assert.Equal(["opened", "text a", "binary 01020304", "text €😀", "text ", "binary "], server.Handler.Calls);
    }

    [Fact]
    public async Task Base64_is_binary_here_too()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        await socket.SendAsync(ClientFrame.Text("bAQIDBA=="));
        Assert.Equal((0x82, "01020304"), Frame(await socket.ReadFrameAsync()));
    }

    [Theory]
    [InlineData("", "parse error")]
    [InlineData("abc", "parse error")]
    [InlineData("7", "parse error")]
    [InlineData("b!", "parse error")]
    [InlineData("2", "transport error")]
    [InlineData("2probe", "transport error")]
    [InlineData("1", "transport close")]
    public async Task What_ends_a_session_closes_its_WebSocket_without_a_code(string packet, string reason)
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        await socket.SendAsync(ClientFrame.Text(packet));
        var (first, payload) = (await socket.ReadFrameAsync())!.Value;
        Assert.Equal((0x88, 0), (first, payload.Length));
        Assert.Equal(reason, await server.Handler.ClosedAsync());
        Assert.Equal(0, server.SessionCount);
    }

    [Fact]
    public async Task Packets_that_mean_nothing_here_are_passed_over()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        foreach (var packet in new[] { "0", "3", "3x", "5", "6", "4a" }) await socket.SendAsync(ClientFrame.Text(packet));
        Assert.Equal("4a", await socket.ReadTextAsync());
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task A_message_over_the_limit_closes_with_1009_and_an_empty_reason(int bytes, bool fits)
    {
        await using var server = await EngineIoServer.StartAsync(options => options.MaxPayload = 100);
        using var socket = await server.OpenSocketAsync();
        var message = "4" + new string('x', bytes - 1);
        // In two fragments: the message counts, not the frame.
        await socket.SendAsync(ClientFrame.Create(0x01, Encoding.ASCII.GetBytes(message[..50])));
        await socket.SendAsync(ClientFrame.Create(0x80, Encoding.ASCII.GetBytes(message[50..])));
        if (fits)
        {
            Assert.Equal(message, await socket.ReadTextAsync());
            return;
        }
        Assert.Equal((0x88, "03F1"), Frame(await socket.ReadFrameAsync()));
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task Other_violations_have_no_reason_in_words_either()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        await socket.SendAsync(ClientFrame.Create(0x83, []));
        Assert.Equal((0x88, "03EA"), Frame(await socket.ReadFrameAsync()));
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_WebSocket_that_ends_ends_the_session(bool inOrder)
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        if (inOrder) await socket.SendAsync(ClientFrame.Close(1000));
        else socket.Reset();
        Assert.Equal("transport close", await server.Handler.ClosedAsync());
        Assert.Equal(["opened", "closed transport close"], server.Handler.Calls);
    }

    [Fact]
    public async Task The_server_s_close_follows_what_was_sent()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        var session = server.Handler.Session!;
        var closed = session.Closed;
        session.Send(new string('x', 3_000_000));
        session.Send("last");
        session.Close();
        session.Send("too late");
        Assert.True(closed.IsCancellationRequested);
        Assert.Equal("forced close", await server.Handler.ClosedAsync());
        Assert.Equal(3_000_001, (await socket.ReadTextAsync())!.Length);
        Assert.Equal("4last", await socket.ReadTextAsync());
        var (first, payload) = (await socket.ReadFrameAsync())!.Value;
        Assert.Equal((0x88, 0), (first, payload.Length));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_at_the_bound_and_takes_no_more_memory()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        var session = server.Handler.Session!;
        var large = new byte[1_000_000];
        for (var i = 0; i < 100 && !session.Closed.IsCancellationRequested; i++) session.Send(large);
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task Requests_over_polling_for_a_session_over_WebSocket_are_bad()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await server.OpenSocketAsync();
        var sid = server.Handler.Session!.Id;
        (await server.GetAsync(sid)).IsBadRequest();
        (await server.PostAsync(sid, "4a")).IsBadRequest();
        (await server.SendAsync(HttpMethod.Get, $"?EIO=4&transport=websocket&sid={sid}")).IsBadRequest();
        using var second = await server.OpenProbeAsync(sid);
        Assert.Equal(1005, await second.ReadCloseCodeAsync());
        await socket.SendAsync(ClientFrame.Text("4still here"));
        Assert.Equal("4still here", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task Compressed_messages_are_inflated_where_compression_is_allowed()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.Compression = true);
        using var socket = await RawWebSocket.OpenAsync(server.Port, "Sec-WebSocket-Extensions: permessage-deflate\r\n", EngineIoServer.Path + "?EIO=4&transport=websocket");
        Assert.StartsWith("0{", await socket.ReadTextAsync());
        var text = "4" + new string('x', 1000);
        await socket.SendAsync(ClientFrame.Create(0xC1, ClientFrame.Deflate(Encoding.ASCII.GetBytes(text))));
        Assert.Equal(text, await socket.ReadTextAsync());
    }

    [Fact]
    public async Task A_session_whose_client_vanishes_leaves_nothing_behind()
    {
        await using var server = await EngineIoServer.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var socket = await server.OpenSocketAsync();
            socket.Reset();
            socket.Dispose();
        }
        await Eventually.TrueAsync("all sessions are gone", () => server.SessionCount == 0 && server.Handler.Calls.Count(call => call == "closed transport close") == 5);
    }

    private static (int First, string Payload) Frame((int First, byte[] Payload)? frame) => (frame!.Value.First, Convert.ToHexString(frame.Value.Payload));
}
