using Arauto.Protocol;
using Arauto.Tests.Support;
using Arauto.Transports.WebSockets;
using static Arauto.Tests.Transports.WebSockets.ClientFrame;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>Bad clients over real sockets: each gets the right end, and another client never notices.</summary>
public sealed class WebSocketAbuseTests : IAsyncLifetime
{
    private const string Deflated = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

    private WebSocketServer _server = null!;
    private RawWebSocket _bystander = null!;

    public static TheoryData<string, int, byte[]> Attacks => new()
    {
        { "unmasked frame", 1002, [Fin | 1, 2, (byte)'h', (byte)'i'] },
        { "2^63 bytes announced", 1002, Header(Fin | 2, long.MinValue, lengthBytes: 8) },
        { "2^63-1 bytes announced", 1009, Header(Fin | 2, long.MaxValue, lengthBytes: 8) },
        { "message over the limit", 1009, Create(Fin | 2, new byte[WebSocketServer.MessageBytes + 1]) },
        { "fragments over the limit", 1009, [.. Create(2, new byte[WebSocketServer.MessageBytes]), .. Create(0, [1])] },
        { "endless empty fragments", 1009, [.. Create(1, []), .. Enumerable.Repeat(Create(0, []), 5000).SelectMany(frame => frame)] },
        { "fragmented ping", 1002, Create(9, [1]) },
        { "large ping", 1002, Create(Fin | 9, new byte[126]) },
        { "ping flood", 4008, [.. Enumerable.Repeat(Create(Fin | 9, [1]), 500).SelectMany(frame => frame)] },
        { "pong flood", 4008, [.. Enumerable.Repeat(Create(Fin | 10, []), 500).SelectMany(frame => frame)] },
        { "not UTF-8", 1007, Create(Fin | 1, [0xC3, 0x28]) },
        { "compressed without agreement", 1002, Create(Fin | Rsv1 | 1, [0]) },
        { "an HTTP request instead of frames", 1002, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray() },
        { "a TLS hello", 1002, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] },
        { "close with a forbidden code", 1002, Close(1006) },
    };

    public static TheoryData<string, int, byte[]> CompressedAttacks => new()
    {
        { "decompression bomb", 1009, Create(Fin | Rsv1 | 2, Deflate(new byte[20_000_000])) },
        { "one byte over the limit", 1009, Create(Fin | Rsv1 | 2, Deflate(new byte[WebSocketServer.MessageBytes + 1])) },
        { "not deflate", 1007, Create(Fin | Rsv1 | 2, [0xFF, 0xFF, 0xFF, 0xFF]) },
        { "compressed garbage as text", 1007, Create(Fin | Rsv1 | 1, Deflate([0xFF, 0xFF, 0xFF])) },
    };

    public async ValueTask InitializeAsync()
    {
        _server = await WebSocketServer.StartAsync(echo: true);
        _bystander = await RawWebSocket.OpenAsync(_server.Port);
        await _server.AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _bystander.SendAsync(Text("still here"));
        Assert.Equal("still here", await _bystander.ReadTextAsync());
        _bystander.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public Task An_attack_ends_with_its_close_code(string what, int code, byte[] bytes) => AttackAsync("", what, code, bytes);

    [Theory]
    [MemberData(nameof(CompressedAttacks))]
    public Task A_compressed_attack_ends_with_its_close_code(string what, int code, byte[] bytes) => AttackAsync(Deflated, what, code, bytes);

    [Fact]
    public async Task A_message_byte_by_byte_is_answered_all_the_same()
    {
        using var client = await RawWebSocket.OpenAsync(_server.Port);
        foreach (var b in Text("slow as treacle"))
            await client.SendAsync(new[] { b });
        Assert.Equal("slow as treacle", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_trickle_that_completes_no_frame_is_no_sign_of_life()
    {
        using var client = await RawWebSocket.OpenAsync(_server.Port);
        var connection = await _server.AcceptAsync();
        var frame = Text("slow");
        for (var i = 0; i < frame.Length - 1; i++)
        {
            var reads = connection.Stream.Reads;
            await client.SendAsync(frame.AsMemory(i, 1));
            await UntilAsync(() => connection.Stream.Reads > reads);
        }

        Assert.Empty(connection.Receiver.Calls);
        await client.SendAsync(frame.AsMemory(frame.Length - 1));
        await connection.Receiver.WaitForAsync("text slow");
    }

    [Fact]
    public async Task A_flood_with_a_message_in_front_answers_the_message_first()
    {
        using var client = await RawWebSocket.OpenAsync(_server.Port);
        await client.SendAsync((byte[])[.. Text("first"), .. Create(Fin | 3, []), .. Text("never")]);
        Assert.Equal("first", await client.ReadTextAsync());
        Assert.Equal(1002, await client.ReadCloseCodeAsync());
        Assert.Null(await client.ReadFrameAsync());
    }

    [Fact]
    public async Task An_idle_connection_waits_in_one_empty_read()
    {
        using var client = await RawWebSocket.OpenAsync(_server.Port);
        var connection = await _server.AcceptAsync();
        for (var round = 1; round <= 3; round++)
        {
            await UntilAsync(() => connection.Stream.EmptyReads == round);
            // The bystander's round trips give a wrong read loop all the time it needs to spin.
            for (var i = 0; i < 50; i++)
            {
                await _bystander.SendAsync(Text("tick"));
                await _bystander.ReadTextAsync();
            }

            Assert.Equal((round, round - 1), (connection.Stream.EmptyReads, connection.Stream.Reads));
            await client.SendAsync(Text("tock"));
            Assert.Equal("tock", await client.ReadTextAsync());
        }
    }

    [Fact]
    public async Task A_peer_that_never_reads_is_cut_off_after_the_close_timeout()
    {
        var time = new ManualTime();
        await using var server = await WebSocketServer.StartAsync(time: time);
        using var client = await RawWebSocket.OpenAsync(server.Port);
        var connection = await server.AcceptAsync();
        var frame = TransportConformance.Frame(connection.Transport, new string('x', 60_000));
        while (connection.Transport.Send([frame]))
        {
        }

        connection.Transport.Close(CloseCode.SlowConsumer, "slow_consumer");
        Assert.False(connection.Completion.IsCompleted);
        time.Advance(WebSocketTransport.CloseTimeout);
        await connection.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(["completed", "closed 4006"], connection.Receiver.Calls);
    }

    private async Task AttackAsync(string extensions, string what, int code, byte[] bytes)
    {
        using var client = await RawWebSocket.OpenAsync(_server.Port, extensions);
        var connection = await _server.AcceptAsync();
        await client.TrySendAsync(bytes);
        var actual = await client.ReadCloseCodeAsync();
        Assert.True(code == actual, $"{what}: {actual}");
        client.Dispose();
        await connection.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal($"closed {code}", connection.Receiver.Calls[^1]);
    }

    private static Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync("what the test waits for has come", condition);
}
