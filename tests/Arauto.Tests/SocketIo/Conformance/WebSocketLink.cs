using System.Net.WebSockets;
using System.Text;

namespace Arauto.Tests.SocketIo.Conformance;

/// <summary>A session over WebSocket.</summary>
internal sealed class WebSocketLink : RawLink
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<RawLink> OpenAsync(Uri http, string path)
    {
        var link = new WebSocketLink();
        using var patience = new CancellationTokenSource(Patience);
        await link._socket.ConnectAsync(new UriBuilder(Address(http, path, "websocket")) { Scheme = "ws" }.Uri, patience.Token);
        link.SessionId = SessionIdOf((string)(await link.ReceiveAsync())!);
        return link;
    }

    public override async Task SendAsync(object message)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (message is string text) await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
            else await _socket.SendAsync((byte[])message, WebSocketMessageType.Binary, true, patience.Token);
        }
        catch (WebSocketException)
        {
            // Closed by the server meanwhile, which reading shows.
        }
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }

    protected override async Task<object?> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            ValueWebSocketReceiveResult read;
            try
            {
                read = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            }
            catch (WebSocketException)
            {
                return null;
            }
            if (read.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage) return read.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(message.ToArray()) : message.ToArray();
        }
    }
}
