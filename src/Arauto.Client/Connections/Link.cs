using System.Threading.Channels;
using Arauto.Client.Transports;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Connections;

/// <summary>
/// One connection from the handshake to its end: a receive loop, a send loop and a watch over silence. Whatever ends
/// first ends it; <see cref="RunAsync"/> then returns why, once, after all loops have stopped.
/// </summary>
internal sealed class Link(IClientTransport transport, INativeCodec codec, ILinkHandler handler, TimeSpan connectTimeout, TimeProvider time)
{
    /// <summary>The most frames that may wait before an ephemeral one is dropped.</summary>
    private const int EphemeralLimit = 64;

    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    // Unbounded by type, bounded by use: the session posts at most its pending commands and two frames per
    // subscription, and PostEphemeral drops above a fixed count. Not SingleReader: that kind cannot be counted.
    private readonly Channel<ReadOnlyMemory<byte>> _outbox = System.Threading.Channels.Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private readonly TaskCompletionSource<LinkEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastHeard;
    private ArautoException? _lastError;

    /// <summary>Queues a frame. Never blocks; after the end it is dropped, and the session sends it again on the next link.</summary>
    public void Post(ReadOnlyMemory<byte> frame) => _outbox.Writer.TryWrite(frame);

    /// <summary>Queues a frame that may be dropped, and is when others wait.</summary>
    public void PostEphemeral(ReadOnlyMemory<byte> frame)
    {
        if (_outbox.Reader.Count < EphemeralLimit) _outbox.Writer.TryWrite(frame);
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void End(LinkEnd end) => _end.TrySetResult(end);

    /// <summary>Opens the connection, runs it, and returns why it ended.</summary>
    public async Task<LinkEnd> RunAsync(string? token, CancellationToken cancellationToken)
    {
        // Not linked to the caller's token: cancelling a WebSocket's receive aborts it, and a client that is
        // closed on purpose says goodbye first.
        using var stop = new CancellationTokenSource();
        try
        {
            if (await OpenAsync(token, cancellationToken).ConfigureAwait(false) is not { } connected) return await _end.Task.ConfigureAwait(false);
            handler.OnOpened(this, connected);
            Task[] loops = [ReceiveAsync(stop.Token), SendAsync(stop.Token), WatchAsync(connected, stop.Token)];
            using (cancellationToken.UnsafeRegister(static link => ((Link)link!).End(LinkEnd.Lost("The client was closed.")), this))
            {
                var end = await _end.Task.ConfigureAwait(false);
                _outbox.Writer.TryComplete();
                await SayGoodbyeAsync(loops[1]).ConfigureAwait(false);
                await stop.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(loops).ConfigureAwait(false);
                return end;
            }
        }
        finally
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Connects and waits for the server's first frame; on failure sets the end and returns <see langword="null"/>.</summary>
    private async Task<ConnectedFrame?> OpenAsync(string? token, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await transport.ConnectAsync(token, either.Token).ConfigureAwait(false);
            while (true)
            {
                var received = await transport.ReceiveAsync(either.Token).ConfigureAwait(false);
                if (received.CloseCode is { } code)
                {
                    End(LinkEnd.Closed(code, received.CloseReason, _lastError));
                    return null;
                }
                _lastHeard = time.GetTimestamp();
                if (!codec.TryDecodeFrame(received.Frame.Span, out var frame, out _)) continue;
                if (frame is ConnectedFrame connected) return connected;
                if (frame is ErrorFrame error) _lastError = error.ToException();
            }
        }
        catch (HandshakeRefusedException refused)
        {
            End(LinkEnd.HandshakeRefused(refused.Status, ServerSeconds.Bound(refused.RetryAfter)));
        }
        catch (IOException error)
        {
            End(LinkEnd.Lost(error.Message, error));
        }
        catch (OperationCanceledException)
        {
            End(LinkEnd.Lost(timeout.IsCancellationRequested ? $"The server did not answer within {connectTimeout.TotalSeconds:0.#} s." : "The client was closed."));
        }
        return null;
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var received = await transport.ReceiveAsync(cancellationToken).ConfigureAwait(false);
                if (received.CloseCode is { } code)
                {
                    End(LinkEnd.Closed(code, received.CloseReason, _lastError));
                    return;
                }
                Volatile.Write(ref _lastHeard, time.GetTimestamp());
                Take(received.Frame.Span);
            }
        }
        catch (Exception error)
        {
            // Whatever stops this loop ends the link, or the session would wait for ever.
            End(LinkEnd.Lost(error.Message, error));
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (!codec.TryDecodeFrame(bytes, out var frame, out var error))
        {
            handler.OnUnreadable(error.Message);
            return;
        }
        if (frame is ErrorFrame { Id: null } said) _lastError = said.ToException();
        if (frame is MoveFrame move) End(LinkEnd.Moved(ServerSeconds.Read(move.After) ?? TimeSpan.Zero, move.Reason));
        handler.OnFrame(this, frame, bytes);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in _outbox.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await transport.SendAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            End(LinkEnd.Lost(error.Message, error));
        }
    }

    private async Task WatchAsync(ConnectedFrame connected, CancellationToken cancellationToken)
    {
        var heartbeat = new Heartbeat(connected);
        try
        {
            while (true)
            {
                var silence = time.GetElapsedTime(Volatile.Read(ref _lastHeard));
                switch (heartbeat.After(silence, out var next))
                {
                    case HeartbeatAction.Ping:
                        Post(CommandBytes.Of(codec, new PingCommand()));
                        break;
                    case HeartbeatAction.GiveUp:
                        End(LinkEnd.Lost($"Nothing was heard from the server for {silence.TotalSeconds:0} s."));
                        return;
                }
                await Task.Delay(next, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; the end has its reason already.
        }
    }

    /// <summary>Lets queued frames out and sends a close frame, within a bound: the peer may be the reason for the end.</summary>
    private async Task SayGoodbyeAsync(Task sending)
    {
        using var timeout = new CancellationTokenSource(GoodbyeTimeout, time);
        try
        {
            await sending.WaitAsync(timeout.Token).ConfigureAwait(false);
            await transport.CloseAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The peer does not take it; the connection is dropped instead.
        }
    }
}
