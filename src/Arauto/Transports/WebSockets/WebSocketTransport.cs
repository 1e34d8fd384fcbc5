using System.Buffers.Binary;
using Arauto.Protocol;
using Microsoft.Extensions.Logging;

namespace Arauto.Transports.WebSockets;

/// <summary>One WebSocket connection on a stream of bytes, after its handshake. RFC 6455, with permessage-deflate (RFC 7692) if negotiated.</summary>
/// <remarks>
/// <para>Two sides: the lane calls <see cref="Send"/>, <see cref="Ping"/> and <see cref="Close"/>; the request runs
/// <see cref="RunAsync"/>. They meet in <see cref="WebSocketWriter"/> and, for the end of the connection, under <c>_gate</c>,
/// which is held for memory operations only and never together with the writer's lock.</para>
/// <para><see cref="ITransportReceiver.SendCompleted"/> may arrive before the <see cref="Send"/> it belongs to has returned,
/// because the write may complete on another thread at any moment: the receiver must post it, not act on it in place.</para>
/// </remarks>
internal sealed partial class WebSocketTransport : ITransport
{
    /// <summary>How long the peer may take to read what was sent and to answer the close frame; then the connection is aborted.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the input is read and thrown away after a violation. Ending at once would make the kernel answer unread
    /// bytes with a reset, which can destroy the close frame on its way; after one second a peer that wants it has it.
    /// </summary>
    public static readonly TimeSpan ViolationLinger = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Pings and pongs that are taken in one second; more is a flood and closes with 4008. Counted per second and not
    /// since the last message, because a client that only listens pings for hours without a message of its own.
    /// </summary>
    public const int ControlFramesPerSecond = 100;

    private static readonly TimeSpan ControlWindow = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly WebSocketFraming _framing;
    private readonly int _messageBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _abort;
    private readonly WebSocketWriter _writer;

    // Guarded by _gate.
    private CloseCode? _closeCode;
    private ITimer? _closeTimer;
    private bool _ended;

    private volatile bool _closed;
    private int _aborted;
    private long _pingSent;

    /// <summary>Takes over a stream. Nothing is read before <see cref="RunAsync"/>.</summary>
    /// <param name="stream">The bytes of the connection in both directions; reading and writing at the same time must be possible.</param>
    /// <param name="framing">What was negotiated; decides about compression in both directions.</param>
    /// <param name="messageBytes">The largest message that is received, after decompression.</param>
    /// <param name="time">For the close time-out, the round trip of pings and the rate of control frames.</param>
    /// <param name="logger">Violations and ends are logged at Debug, our faults as Error.</param>
    /// <param name="abort">Breaks the connection: pending reads and writes of the stream must end soon. Not called after <see cref="RunAsync"/> has returned.</param>
    public WebSocketTransport(Stream stream, WebSocketFraming framing, int messageBytes, TimeProvider time, ILogger logger, Action abort)
    {
        _stream = stream;
        _framing = framing;
        _messageBytes = messageBytes;
        _time = time;
        _logger = logger;
        _abort = abort;
        _writer = new WebSocketWriter(stream, this);
    }

    /// <summary>Whether close frames say in words why; there are protocols whose clients expect the code alone. Default: true.</summary>
    public bool SendsReasons { get; init; } = true;

    /// <inheritdoc />
    public bool HearsPeer => true;

    /// <inheritdoc />
    public TransportKind Kind => TransportKind.WebSocket;

    /// <inheritdoc />
    public Framing Framing => _framing;

    /// <inheritdoc />
    public bool IsClosed => _closed;

    /// <inheritdoc />
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames) => _writer.Send(frames);

    /// <inheritdoc />
    public void Ping() => _writer.Ping();

    /// <inheritdoc />
    public void Close(CloseCode code, string reason) => BeginClose(code, reason, CloseTimeout);

    /// <summary>Remembers and returns the time of a ping that is being written.</summary>
    internal long StampPing()
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _pingSent, now);
        return now;
    }

    /// <summary>A write failed: the connection is broken, and so the receive loop will end.</summary>
    internal void WriteFailed(Exception exception)
    {
        LogEnd(exception);
        Abort();
    }

    /// <summary>The first to close says why. Sends the close frame and limits the time until the connection is aborted.</summary>
    private void BeginClose(CloseCode code, string reason, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_ended) return;
            if (_closeCode is null)
            {
                _closeCode = code;
                _closed = true;
                _closeTimer = _time.CreateTimer(static state => ((WebSocketTransport)state!).CloseTimedOut(), this, timeout, Timeout.InfiniteTimeSpan);
            }
            else
            {
                // The first may not have reached the writer yet, and the receive loop is about to stop it.
                (code, reason) = (_closeCode.Value, "");
            }
        }

        _writer.Close(WebSocketCloseFrame.Create(code, SendsReasons ? reason : ""));
    }

    private void CloseTimedOut()
    {
        Log.CloseTimedOut(_logger);
        Abort();
    }

    private void Abort()
    {
        _closed = true;
        if (Interlocked.Exchange(ref _aborted, 1) == 0) _abort();
    }

    /// <summary>
    /// Waits for pending writes, which the close timer or an abort bounds, and for everything that could still abort:
    /// the abort action belongs to a request that the server uses again for another connection.
    /// </summary>
    private async Task<CloseCode?> EndAsync()
    {
        await _writer.StopAsync().ConfigureAwait(false);
        ITimer? timer;
        CloseCode? code;
        lock (_gate)
        {
            _ended = true;
            _closed = true;
            timer = _closeTimer;
            code = _closeCode;
        }

        if (timer is not null) await timer.DisposeAsync().ConfigureAwait(false);
        return code;
    }

    private TimeSpan? RoundTrip(ReadOnlySpan<byte> pong)
    {
        var sent = Volatile.Read(ref _pingSent);
        if (sent == 0 || pong.Length != sizeof(long) || BinaryPrimitives.ReadInt64BigEndian(pong) != sent) return null;
        // A pong that is sent twice must not measure twice.
        Interlocked.CompareExchange(ref _pingSent, 0, sent);
        return _time.GetElapsedTime(sent);
    }

    /// <summary>Whether nothing of ours failed: the peer closed, reset or vanished, or the connection was aborted.</summary>
    private void LogEnd(Exception exception)
    {
        // An aborted stream may answer with anything, such as ObjectDisposedException.
        if (exception is IOException or OperationCanceledException || Volatile.Read(ref _aborted) != 0)
            Log.PeerGone(_logger, exception.GetType().Name);
        else
            Log.TransportFailed(_logger, exception);
    }
}
