using System.Threading.Channels;
using Arauto.Client.Commands;
using Arauto.Client.Transports;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Connections;

/// <summary>
/// One connection from the handshake to its end. Opened first; then a receive loop, a send loop and a watch over silence
/// run. Whatever ends first ends it; <see cref="RunAsync"/> then returns why, once, after all loops have stopped.
/// </summary>
internal sealed class Link(TransportKind kind, IClientTransport transport, ILinkHandler handler, ArautoClientOptions options) : IAsyncDisposable
{
    /// <summary>The most commands that may wait before an ephemeral one is dropped.</summary>
    private const int EphemeralLimit = 64;

    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    // Unbounded by type, bounded by use: the session posts at most its pending commands and two commands per
    // subscription, and PostEphemeral drops above a fixed count. Not SingleReader: that kind cannot be counted.
    private readonly Channel<(ClientCommand Command, PendingCommand? Waiting)> _outbox = System.Threading.Channels.Channel.CreateUnbounded<(ClientCommand, PendingCommand?)>();
    private readonly TaskCompletionSource<LinkEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time = options.TimeProvider;
    private long _lastHeard;

    /// <summary>How it travels.</summary>
    public TransportKind Kind => kind;

    /// <summary>What the server said of the connection; once it is open.</summary>
    public ConnectedFrame? Connected { get; private set; }

    /// <summary>Queues a command. Never blocks; after the end it is dropped, and the session sends it again on the next link.</summary>
    public void Post(ClientCommand command) => _outbox.Writer.TryWrite((command, null));

    /// <summary>Queues a command that is waited for.</summary>
    public void Post(PendingCommand waiting) => _outbox.Writer.TryWrite((waiting.Command, waiting));

    /// <summary>Queues a command that may be dropped, and is when others wait.</summary>
    public void PostEphemeral(ClientCommand command)
    {
        if (_outbox.Reader.Count < EphemeralLimit) Post(command);
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void End(LinkEnd end) => _end.TrySetResult(end);

    /// <summary>Opens the connection.</summary>
    /// <returns><see langword="null"/>, or why it could not be opened; it is disposed then.</returns>
    public async Task<LinkEnd?> OpenAsync(OpenRequest request, CancellationToken cancellationToken)
    {
        var end = await TryOpenAsync(request, cancellationToken).ConfigureAwait(false);
        if (end is not null) await DisposeAsync().ConfigureAwait(false);
        return end;
    }

    /// <summary>Runs the open connection and returns why it ended; it is disposed then.</summary>
    public async Task<LinkEnd> RunAsync(CancellationToken cancellationToken)
    {
        // Not linked to the caller's token: cancelling a WebSocket's receive aborts it, and a client that is
        // closed on purpose says goodbye first.
        using var stop = new CancellationTokenSource();
        try
        {
            Task[] loops = [ReceiveAsync(stop.Token), SendAsync(stop.Token), WatchAsync(stop.Token)];
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
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<LinkEnd?> TryOpenAsync(OpenRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            switch (await transport.OpenAsync(request, either.Token).ConfigureAwait(false))
            {
                case Received.Framed { Frame: ConnectedFrame connected }:
                    Connected = connected;
                    Volatile.Write(ref _lastHeard, _time.GetTimestamp());
                    return null;
                case Received.Ended ended:
                    return ended.End;
                default:
                    return LinkEnd.Lost("The server did not greet.");
            }
        }
        catch (IOException error)
        {
            return LinkEnd.Lost(error.Message, error);
        }
        catch (OperationCanceledException)
        {
            return LinkEnd.Lost(timeout.IsCancellationRequested ? $"The server did not answer within {options.ConnectTimeout.TotalSeconds:0.#} s." : "The client was closed.");
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var received = await transport.ReceiveAsync(cancellationToken).ConfigureAwait(false);
                if (received is Received.Ended ended)
                {
                    End(ended.End);
                    return;
                }
                Volatile.Write(ref _lastHeard, _time.GetTimestamp());
                Take(received);
            }
        }
        catch (Exception error)
        {
            // Whatever stops this loop ends the link, or the session would wait for ever.
            End(LinkEnd.Lost(error.Message, error));
        }
    }

    private void Take(Received received)
    {
        switch (received)
        {
            case Received.Framed framed:
                if (framed.Frame is MoveFrame move) End(LinkEnd.Moved(ServerSeconds.Read(move.After) ?? TimeSpan.Zero, move.Reason));
                handler.OnFrame(this, framed.Frame, framed.Bytes.Span);
                break;
            case Received.Places places:
                handler.OnPlaces(places.Cursor);
                break;
            case Received.Unreadable unreadable:
                handler.OnUnreadable(unreadable.Reason);
                break;
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (command, waiting) in _outbox.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                waiting?.MarkSent(_time.GetTimestamp());
                await transport.SendAsync(command, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            End(LinkEnd.Lost(error.Message, error));
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var heartbeat = new Heartbeat(Connected!);
        try
        {
            while (true)
            {
                var silence = _time.GetElapsedTime(Volatile.Read(ref _lastHeard));
                switch (heartbeat.After(silence, out var next))
                {
                    case HeartbeatAction.Ping:
                        Post(new PingCommand());
                        break;
                    case HeartbeatAction.GiveUp:
                        End(LinkEnd.Lost($"Nothing was heard from the server for {silence.TotalSeconds:0} s."));
                        return;
                }
                await Task.Delay(next, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; the end has its reason already.
        }
    }

    /// <summary>Lets queued commands out and says goodbye, within a bound: the peer may be the reason for the end.</summary>
    private async Task SayGoodbyeAsync(Task sending)
    {
        using var timeout = new CancellationTokenSource(GoodbyeTimeout, _time);
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

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
