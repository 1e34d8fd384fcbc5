using System.Net;
using System.Net.WebSockets;
using System.Text;
using Arauto.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>The client of .NET as a foreign implementation.</summary>
public sealed class ClientWebSocketTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Messages_of_all_sizes_come_back(bool deflate, bool http2)
    {
        await using var server = await WebSocketServer.StartAsync(echo: true, protocols: http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        using var client = await ConnectAsync(server, deflate, http2);
        foreach (var size in new[] { 0, 1, 125, 126, 255, 256, 5000, 65_535, 65_536 })
        {
            var message = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, size).Select(i => (char)('a' + i * i % 23))));
            await client.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Deadline);
            Assert.Equal(message, await ReceiveAsync(client, WebSocketMessageType.Text));
            await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, Deadline);
            Assert.Equal(message, await ReceiveAsync(client, WebSocketMessageType.Binary));
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Deadline);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        var connection = await server.AcceptAsync();
        await connection.Completion.WaitAsync(Deadline);
        Assert.Equal("closed 1000", connection.Receiver.Calls[^1]);
    }

    [Fact]
    public async Task Many_small_messages_in_flight_come_back_in_order()
    {
        await using var server = await WebSocketServer.StartAsync(echo: true);
        using var client = await ConnectAsync(server, deflate: true, http2: false);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 5000; i++)
                await client.SendAsync(Encoding.UTF8.GetBytes($"message {i}"), WebSocketMessageType.Text, endOfMessage: true, Deadline);
        }, Deadline);
        for (var i = 0; i < 5000; i++)
            Assert.Equal($"message {i}", Encoding.UTF8.GetString(await ReceiveAsync(client, WebSocketMessageType.Text)));
        await sending;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_servers_close_reaches_the_client_with_code_and_reason(bool http2)
    {
        await using var server = await WebSocketServer.StartAsync(protocols: http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        using var client = await ConnectAsync(server, deflate: false, http2);
        var connection = await server.AcceptAsync();
        connection.Transport.Close(CloseCode.TokenExpired, "token_expired");

        var result = await client.ReceiveAsync(new byte[10].AsMemory(), Deadline);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        Assert.Equal(4002, (int)client.CloseStatus!.Value);
        Assert.Equal("token_expired", client.CloseStatusDescription);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Deadline);
        await connection.Completion.WaitAsync(Deadline);
        Assert.Equal("closed 4002", connection.Receiver.Calls[^1]);
    }

    [Fact]
    public async Task A_client_that_disposes_without_a_close_is_reported_as_broken()
    {
        await using var server = await WebSocketServer.StartAsync();
        var client = await ConnectAsync(server, deflate: false, http2: false);
        var connection = await server.AcceptAsync();
        client.Dispose();
        await connection.Completion.WaitAsync(Deadline);
        Assert.Equal("closed", connection.Receiver.Calls[^1]);
    }

    [Fact]
    public async Task The_clients_answer_to_a_ping_gives_the_round_trip()
    {
        await using var server = await WebSocketServer.StartAsync();
        using var client = await ConnectAsync(server, deflate: false, http2: false);
        var connection = await server.AcceptAsync();
        var receiving = client.ReceiveAsync(new byte[10].AsMemory(), Deadline);
        connection.Transport.Ping();
        await connection.Receiver.WaitForAsync("alive+");
        Assert.InRange(connection.Receiver.LastRoundTrip!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        connection.Transport.Close(CloseCode.Normal, "");
        await receiving;
    }

    private static async Task<ClientWebSocket> ConnectAsync(WebSocketServer server, bool deflate, bool http2)
    {
        var client = new ClientWebSocket();
        if (deflate) client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        if (http2)
        {
            client.Options.HttpVersion = HttpVersion.Version20;
            client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/ws"), new HttpMessageInvoker(new SocketsHttpHandler()), Deadline);
        return client;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket client, WebSocketMessageType type)
    {
        var message = new MemoryStream();
        var buffer = new byte[10_000];
        while (true)
        {
            var result = await client.ReceiveAsync(buffer.AsMemory(), Deadline);
            Assert.Equal(type, result.MessageType);
            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage) return message.ToArray();
        }
    }
}
