using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Arauto.Scenarios.Clients;

/// <summary>
/// A client with as little of WebSocket as measuring takes, so that a thousand of them leave the machine to the server:
/// no masking key but zero (RFC 6455 allows any), no fragments, frames up to its buffer.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Lock _sending = new();
    private FrameHandler _handler = static (_, _) => { };
    private int _filled;
    private volatile bool _paused;
    private volatile bool _waitsPaused;

    private LoadConnection(Socket socket)
    {
        _socket = socket;
        _receive.Completed += (_, _) =>
        {
            Take();
            ReceiveOn();
        };
    }

    /// <summary>Called for each text frame, on the thread that receives; what is done there must be short.</summary>
    public delegate void FrameHandler(LoadConnection connection, ReadOnlySpan<byte> frame);

    /// <summary>Whether the server ended the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The code of the server's close frame, or 0.</summary>
    public int CloseCode { get; private set; }

    /// <summary>Connects and upgrades.</summary>
    /// <param name="address">The server.</param>
    /// <param name="handler">What to do with frames.</param>
    /// <param name="token">Who it is; nobody if <see langword="null"/>.</param>
    /// <param name="path">The address there.</param>
    /// <param name="receiveBytes">The size of the kernel's receive buffer (doubled by Linux), or <see langword="null"/> for the default.</param>
    public static async Task<LoadConnection> ConnectAsync(IPEndPoint address, FrameHandler handler, string? token, string path = "/ws", int? receiveBytes = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Before connecting: the window is agreed on there.
        if (receiveBytes is { } bytes) socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(address);
        var connection = new LoadConnection(socket) { _handler = handler };
        var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        var request = $"GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{authorization}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        await connection.ReadAnswerAsync();
        connection.ParseFrames();
        connection.ReceiveOn();
        return connection;
    }

    /// <summary>Sends a text frame, blocking as long as the socket does.</summary>
    public void Send(ReadOnlySpan<byte> payload) => Send(0x81, payload);

    /// <summary>Stops or goes on reading from the socket.</summary>
    public void Pause(bool paused)
    {
        _paused = paused;
        if (paused || !_waitsPaused) return;
        _waitsPaused = false;
        ReceiveOn();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _receive.Dispose();
    }

    private async Task ReadAnswerAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
            if (count == 0) throw new IOException("The server closed during the handshake.");
            _filled += count;
        }
        if (!_buffer.AsSpan().StartsWith("HTTP/1.1 101"u8)) throw new IOException(Encoding.ASCII.GetString(_buffer, 0, _filled));
        Consume(end + 4);
    }

    private void ReceiveOn()
    {
        try
        {
            while (!IsClosed)
            {
                if (_paused)
                {
                    _waitsPaused = true;
                    return;
                }
                _receive.SetBuffer(_buffer, _filled, BufferBytes - _filled);
                if (_socket.ReceiveAsync(_receive)) return;
                Take();
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed by the scenario while it was receiving.
        }
    }

    private void Take()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            IsClosed = true;
            return;
        }
        _filled += _receive.BytesTransferred;
        ParseFrames();
    }

    private void ParseFrames()
    {
        var at = 0;
        while (TryReadFrame(_buffer.AsSpan(at, _filled - at), out var opcode, out var payload, out var length))
        {
            at += length;
            if (opcode == 1) _handler(this, payload);
            else if (opcode == 9) Send(0x8A, payload);
            else if (opcode == 8 && payload.Length >= 2) CloseCode = BinaryPrimitives.ReadUInt16BigEndian(payload);
        }
        Consume(at);
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload, out int length)
    {
        opcode = length = 0;
        payload = default;
        if (bytes.Length < 2) return false;
        opcode = bytes[0] & 15;
        var (header, size) = (2, bytes[1] & 127);
        if (size == 126)
        {
            if (bytes.Length < 4) return false;
            (header, size) = (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        }
        if (size > BufferBytes - header) throw new InvalidOperationException("A frame is larger than the buffer of a load connection.");
        length = header + size;
        if (bytes.Length < length) return false;
        payload = bytes[header..length];
        return true;
    }

    private void Consume(int count)
    {
        _buffer.AsSpan(count, _filled - count).CopyTo(_buffer);
        _filled -= count;
    }

    private void Send(byte first, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[payload.Length + 8];
        frame[0] = first;
        var header = payload.Length < 126 ? 2 : 4;
        frame[1] = (byte)(0x80 | (header == 2 ? payload.Length : 126));
        if (header == 4) BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)payload.Length);
        frame.Slice(header, 4).Clear();
        payload.CopyTo(frame[(header + 4)..]);
        lock (_sending) _socket.Send(frame[..(header + 4 + payload.Length)]);
    }
}
