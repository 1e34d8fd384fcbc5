using System.Buffers;
using System.Net.WebSockets;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.WebSockets;

/// <summary>The native protocol over WebSocket (RFC 6455), one frame per message, as JSON.</summary>
internal sealed class WebSocketTransport : IClientTransport
{
    private const int FirstBuffer = 4096;

    private readonly JsonCodec _codec = JsonCodec.Instance;
    private readonly ClientWebSocket _socket = new();
    private readonly ArautoClientOptions _options;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private ArautoException? _lastError;

    public WebSocketTransport(ArautoClientOptions options)
    {
        _options = options;
        _socket.Options.AddSubProtocol(_codec.Subprotocol);
        // The link's own heartbeat decides on life and death, on the clock of its TimeProvider.
        _socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        _socket.Options.CollectHttpResponseDetails = true;
        if (options.Compression) _socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
    }

    public async Task<Received> OpenAsync(OpenRequest request, CancellationToken cancellationToken)
    {
        if (request.Token is not null) _socket.Options.SetRequestHeader("Authorization", "Bearer " + request.Token);
        try
        {
            await _socket.ConnectAsync(ServerAddress.WebSocket(_options.Url!, request.Query), cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException) when (_socket.HttpStatusCode is not (0 or System.Net.HttpStatusCode.SwitchingProtocols))
        {
            return new Received.Ended(LinkEnd.HttpRefused("a WebSocket handshake", (int)_socket.HttpStatusCode, RetryAfter()));
        }
        catch (WebSocketException error)
        {
            throw new IOException(error.InnerException?.Message ?? error.Message, error);
        }
        while (true)
        {
            var received = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (received is Received.Ended or Received.Framed { Frame: ConnectedFrame }) return received;
        }
    }

    public async ValueTask SendAsync(ClientCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(CommandBytes.Of(_codec, command), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken).ConfigureAwait(false);
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
                return new Received.Ended(LinkEnd.Closed((int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty), _socket.CloseStatusDescription, _lastError));
            length += result.Count;
            if (length > _options.MaxFrameBytes) throw new IOException($"The server sent a frame of more than {_options.MaxFrameBytes} bytes (MaxFrameBytes).");
            if (result.EndOfMessage) return Decode(_buffer.AsMemory(0, length));
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
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)length * 2, Math.Max((long)length, _options.MaxFrameBytes) + 1));
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private Received Decode(ReadOnlyMemory<byte> bytes)
    {
        if (!_codec.TryDecodeFrame(bytes.Span, out var frame, out var error)) return new Received.Unreadable(error.Message);
        if (frame is ErrorFrame { Id: null } said) _lastError = said.ToException();
        return new Received.Framed(frame, bytes);
    }

    private TimeSpan? RetryAfter()
    {
        if (_socket.HttpResponseHeaders is not { } headers || !headers.TryGetValue("Retry-After", out var values)) return null;
        return System.Net.Http.Headers.RetryConditionHeaderValue.TryParse(values.FirstOrDefault(), out var value)
            ? ServerSeconds.Bound(value.Delta ?? value.Date - _options.TimeProvider.GetUtcNow())
            : null;
    }
}
