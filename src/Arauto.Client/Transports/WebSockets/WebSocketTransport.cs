using System.Buffers;
using System.Net.WebSockets;

namespace Arauto.Client.Transports.WebSockets;

/// <summary>The native protocol over WebSocket (RFC 6455), one frame per message.</summary>
internal sealed class WebSocketTransport : IClientTransport
{
    private const int FirstBuffer = 4096;

    private readonly ClientWebSocket _socket = new();
    private readonly Uri _url;
    private readonly int _maxFrameBytes;
    private readonly TimeProvider _time;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);

    public WebSocketTransport(Uri url, string subprotocol, bool compression, int maxFrameBytes, TimeProvider time)
    {
        _url = url;
        _maxFrameBytes = maxFrameBytes;
        _time = time;
        _socket.Options.AddSubProtocol(subprotocol);
        // The session's own heartbeat decides on life and death, on the clock of its TimeProvider.
        _socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        _socket.Options.CollectHttpResponseDetails = true;
        if (compression) _socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
    }

    public async Task ConnectAsync(string? token, CancellationToken cancellationToken)
    {
        if (token is not null) _socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        try
        {
            await _socket.ConnectAsync(_url, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException error) when (_socket.HttpStatusCode is not (0 or System.Net.HttpStatusCode.SwitchingProtocols))
        {
            throw new HandshakeRefusedException((int)_socket.HttpStatusCode, RetryAfterOf(_socket.HttpResponseHeaders), error);
        }
        catch (WebSocketException error)
        {
            throw new IOException(error.InnerException?.Message ?? error.Message, error);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or InvalidOperationException)
        {
            throw new IOException(error.Message, error);
        }
    }

    public async ValueTask<Received> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == _buffer.Length) Grow(length);
            ValueWebSocketReceiveResult result;
            try
            {
                result = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is WebSocketException or InvalidOperationException)
            {
                throw new IOException(error.Message, error);
            }
            if (result.MessageType == WebSocketMessageType.Close)
                return new Received(default, (int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty), _socket.CloseStatusDescription);
            length += result.Count;
            if (length > _maxFrameBytes) throw new IOException($"The server sent a frame of more than {_maxFrameBytes} bytes (MaxFrameBytes).");
            if (result.EndOfMessage) return new Received(_buffer.AsMemory(0, length));
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or InvalidOperationException or OperationCanceledException)
        {
            // Saying goodbye is a courtesy; the other side finds out by itself.
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        return ValueTask.CompletedTask;
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)length * 2, Math.Max((long)length, _maxFrameBytes) + 1));
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private TimeSpan? RetryAfterOf(IReadOnlyDictionary<string, IEnumerable<string>>? headers)
    {
        if (headers is null || !headers.TryGetValue("Retry-After", out var values)) return null;
        return System.Net.Http.Headers.RetryConditionHeaderValue.TryParse(values.FirstOrDefault(), out var value)
            ? value.Delta ?? value.Date - _time.GetUtcNow()
            : null;
    }
}
