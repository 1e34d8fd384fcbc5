using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>A client on a bare socket that can send anything and says exactly what came back.</summary>
internal sealed class RawWebSocket : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly Stream _stream;

    private RawWebSocket(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    /// <summary>A good handshake; further lines (with line ends) can be added or replace the defaults.</summary>
    public static string Handshake(string extra = "", string key = Key, string version = "13", string path = "/ws") =>
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: {version}\r\n{extra}\r\n";

    public static async Task<RawWebSocket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawWebSocket(socket);
    }

    /// <summary>Connects and upgrades.</summary>
    public static async Task<RawWebSocket> OpenAsync(int port, string extra = "", string path = "/ws")
    {
        var client = await ConnectAsync(port);
        await client.SendAsync(Encoding.ASCII.GetBytes(Handshake(extra, path: path)));
        Assert.StartsWith("HTTP/1.1 101", await client.ReadHeadAsync());
        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _stream.WriteAsync(bytes, deadline.Token);
    }

    /// <summary>Sends although the server may have closed already.</summary>
    public async Task TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>The status line and headers of the answer.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (!await TryFillAsync(one)) break;
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    /// <summary>The body that belongs to a head, with its length or in chunks.</summary>
    public async Task<string> ReadBodyAsync(string head)
    {
        const string Length = "Content-Length: ";
        var at = head.IndexOf(Length, StringComparison.Ordinal);
        if (at >= 0)
        {
            var length = int.Parse(head[(at + Length.Length)..head.IndexOf("\r\n", at, StringComparison.Ordinal)]);
            var body = new byte[length];
            return await TryFillAsync(body) ? Encoding.UTF8.GetString(body) : "";
        }

        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal) && await TryFillAsync(one))
            text.Append((char)one[0]);
        return text.ToString();
    }

    /// <summary>The next frame of the server; <see langword="null"/> when the connection is over. Fails if it is masked.</summary>
    public async Task<(int First, byte[] Payload)?> ReadFrameAsync()
    {
        var header = new byte[10];
        if (!await TryFillAsync(header.AsMemory(0, 2))) return null;
        Assert.Equal(0, header[1] & 0x80);
        long length = header[1];
        if (length == 126)
        {
            if (!await TryFillAsync(header.AsMemory(2, 2))) return null;
            length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2));
        }
        else if (length == 127)
        {
            if (!await TryFillAsync(header.AsMemory(2, 8))) return null;
            length = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(2));
        }

        var payload = new byte[length];
        return await TryFillAsync(payload) ? (header[0], payload) : null;
    }

    /// <summary>The next message as text, decompressed if needed; <see langword="null"/> after a close frame or the end.</summary>
    public async Task<string?> ReadTextAsync()
    {
        while (await ReadFrameAsync() is var (first, payload))
        {
            switch (first)
            {
                case 0x81: return Encoding.UTF8.GetString(payload);
                case 0xC1:
                    Assert.Null(WebSocketInflater.Inflate(payload, int.MaxValue / 8, out var buffer, out var length));
                    return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
                case 0x88: return null;
            }
        }

        return null;
    }

    /// <summary>Reads until the close frame and says its code; 1006 if the connection ends without one.</summary>
    public async Task<int> ReadCloseCodeAsync()
    {
        while (await ReadFrameAsync() is var (first, payload))
            if (first == 0x88) return payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
        return 1006;
    }

    /// <summary>Waits for the end of the connection.</summary>
    public async Task WaitForEndAsync()
    {
        var rest = new byte[4096];
        while (await TryFillAsync(rest.AsMemory(0, 1)))
        {
        }
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<bool> TryFillAsync(Memory<byte> buffer)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            return await _stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, deadline.Token) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
