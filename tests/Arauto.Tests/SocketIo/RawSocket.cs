using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo;

/// <summary>A client of Socket.IO that sees the server's WebSocket frames as they are.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private NetworkStream _stream = null!;

    public static async Task<RawSocket> ConnectAsync(TestNode node, string? extension)
    {
        var socket = new RawSocket();
        await socket._client.ConnectAsync(node.Http.Host, node.Http.Port, socket._patience.Token);
        socket._stream = socket._client.GetStream();
        var offer = extension is null ? "" : $"Sec-WebSocket-Extensions: {extension}\r\n";
        await socket._stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {node.Http.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(new byte[16])}\r\n{offer}\r\n"), socket._patience.Token);
        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await socket._stream.ReadExactlyAsync(one, socket._patience.Token);
            answer.Append((char)one[0]);
        }
        Assert.StartsWith("HTTP/1.1 101", answer.ToString());
        Assert.Equal(extension is not null, answer.ToString().Contains("permessage-deflate", StringComparison.Ordinal));
        await socket.FrameAsync(compressed: false);
        await socket.SendAsync($$"""40{"token":"{{node.Token("raw")}}"}""");
        await socket.FrameAsync(compressed: false);
        return socket;
    }

    /// <summary>Reads one frame.</summary>
    /// <returns>The length of its payload.</returns>
    public async Task<int> FrameAsync(bool compressed)
    {
        var head = new byte[2];
        await _stream.ReadExactlyAsync(head, _patience.Token);
        Assert.Equal(compressed, (head[0] & 0x40) != 0);
        var length = (int)head[1];
        if (length == 126)
        {
            await _stream.ReadExactlyAsync(head, _patience.Token);
            length = BinaryPrimitives.ReadUInt16BigEndian(head);
        }
        await _stream.ReadExactlyAsync(new byte[length], _patience.Token);
        return length;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>One text frame, masked with zeros.</summary>
    private async Task SendAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        byte[] head = [0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)payload.Length);
        await _stream.WriteAsync((byte[])[.. head, .. payload], _patience.Token);
    }
}
