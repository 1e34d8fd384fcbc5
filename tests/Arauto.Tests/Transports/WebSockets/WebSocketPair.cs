using Arauto.Transports;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>A WebSocket transport on Kestrel and a client on a bare socket.</summary>
internal sealed class WebSocketPair : DuplexTransportPair
{
    private readonly WebSocketServer _server;
    private readonly RawWebSocket _client;
    private readonly ServerConnection _connection;

    private WebSocketPair(WebSocketServer server, RawWebSocket client, ServerConnection connection)
    {
        _server = server;
        _client = client;
        _connection = connection;
    }

    public override ITransport Transport => _connection.Transport;

    public override RecordingReceiver Receiver => _connection.Receiver;

    public override int Writes => _connection.Stream.Writes;

    public override Task Completion => _connection.Completion;

    public static async Task<WebSocketPair> ConnectAsync(bool deflate)
    {
        var server = await WebSocketServer.StartAsync();
        var client = await RawWebSocket.OpenAsync(server.Port, deflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
        return new WebSocketPair(server, client, await server.AcceptAsync());
    }

    public override Task ClientSendAsync(string message) => _client.SendAsync(ClientFrame.Text(message));

    public override Task<string?> ClientReceiveAsync() => _client.ReadTextAsync();

    public override Task ClientCloseAsync() => _client.SendAsync(ClientFrame.Close(1000));

    public override void Vanish() => _client.Reset();

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
