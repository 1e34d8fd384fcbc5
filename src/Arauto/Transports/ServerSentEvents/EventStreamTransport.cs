using System.Buffers;
using System.IO.Pipelines;
using Arauto.Protocol;

namespace Arauto.Transports.ServerSentEvents;

/// <summary>One event stream: the body of an HTTP answer that is written as long as the client stays.</summary>
/// <remarks>
/// Two sides: the lane calls <see cref="Send"/> and <see cref="Close"/>, the request waits in <see cref="RunAsync"/>. The
/// request must not end while the lane writes, since the web server uses the answer's pipe again; so there is one state,
/// changed by exchange only, and who finds the other at work leaves the end to it.
/// </remarks>
/// <param name="output">The answer's body.</param>
/// <param name="framing">How frames are wrapped.</param>
/// <param name="time">The clock of the time limit for closing.</param>
internal sealed class EventStreamTransport(PipeWriter output, Framing framing, TimeProvider time) : ITransport
{
    /// <summary>How long a client that does not read may hold up the end of its stream.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private const int Idle = 0;
    private const int Writing = 1;
    private const int Closed = 2;
    private const int ClosedWhileWriting = 3;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITransportReceiver? _receiver;

    /// <summary>Ends when the receiver has heard of the last write that was waited for.</summary>
    private Task _told = Task.CompletedTask;
    private CloseCode? _code;
    private int _state;

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.ServerSentEvents;

    /// <inheritdoc/>
    public Framing Framing => framing;

    /// <inheritdoc/>
    public bool HearsPeer => false;

    /// <inheritdoc/>
    public bool IsClosed => Volatile.Read(ref _state) >= Closed;

    /// <summary>Names who is told; before anything is sent.</summary>
    public void Attach(ITransportReceiver receiver) => _receiver = receiver;

    /// <summary>Waits for the end of the stream, from either side.</summary>
    /// <param name="abort">Breaks the HTTP connection.</param>
    /// <param name="aborted">Fires when the client is gone.</param>
    public async Task RunAsync(Action abort, CancellationToken aborted)
    {
        try
        {
            await _closing.Task.WaitAsync(aborted).ConfigureAwait(false);
            await _ended.Task.WaitAsync(CloseTimeout, time, aborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            End();
        }
        catch (TimeoutException)
        {
            abort();
        }
        // A write under way ends by itself: the client has taken it, or the connection is broken.
        await _ended.Task.ConfigureAwait(false);
        // The stream may end between the end of a write and the word of it, and the end is the last that the receiver hears.
        await Volatile.Read(ref _told).ConfigureAwait(false);
        _receiver!.Closed(_code);
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        if (Interlocked.CompareExchange(ref _state, Writing, Idle) != Idle) return true;
        var flush = Write(frames);
        if (flush.IsCompletedSuccessfully)
        {
            GoOn(Rest(), IsBroken(flush.Result));
            return true;
        }
        // Not awaited here: it catches everything, and RunAsync waits for its end.
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _told, told.Task);
        _ = FinishAsync(flush, told);
        return false;
    }

    /// <summary>Nothing: the heartbeat is a comment that the connection sends.</summary>
    public void Ping()
    {
    }

    /// <inheritdoc/>
    public void Close(CloseCode code, string reason)
    {
        if (IsClosed) return;
        _code = code;
        End();
    }

    private ValueTask<FlushResult> Write(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        try
        {
            foreach (var frame in frames) output.Write(frame.Span);
            return output.FlushAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<FlushResult>(e);
        }
    }

    private async Task FinishAsync(ValueTask<FlushResult> flush, TaskCompletionSource told)
    {
        var isBroken = true;
        try
        {
            isBroken = IsBroken(await flush.ConfigureAwait(false));
        }
        catch (Exception)
        {
            // Whatever the web server throws here, it has one meaning: the client is gone.
        }
        // At rest before the receiver hears it, since it may send at once; the end comes after that.
        var isOpen = Rest();
        _receiver!.SendCompleted();
        told.SetResult();
        GoOn(isOpen, isBroken);
    }

    private static bool IsBroken(FlushResult result) => result.IsCompleted || result.IsCanceled;

    /// <summary>No write is under way any more.</summary>
    /// <returns><see langword="false"/> if the stream was closed meanwhile.</returns>
    private bool Rest() => Interlocked.CompareExchange(ref _state, Idle, Writing) == Writing;

    private void GoOn(bool isOpen, bool isBroken)
    {
        if (!isOpen) _ended.TrySetResult();
        else if (isBroken) End();
    }

    /// <summary>Nothing is written any more; the end comes now, or with the write under way.</summary>
    private void End()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Idle) == Idle) _ended.TrySetResult();
        else if (Interlocked.CompareExchange(ref _state, ClosedWhileWriting, Writing) == Idle)
        {
            // The write ended between the two looks, and nobody else closes twice.
            End();
            return;
        }
        _closing.TrySetResult();
    }
}
