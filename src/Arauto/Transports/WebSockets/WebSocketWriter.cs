using System.Buffers;

namespace Arauto.Transports.WebSockets;

/// <summary>Writes to a connection's stream, one write at a time, whoever asks for it.</summary>
/// <remarks>
/// <para>Frames come from the lane, pongs and close answers from the receive loop. Whoever finds nobody writing becomes the
/// owner of the stream's write side, writes, and before it lets go writes all that was asked for meanwhile. What can be
/// asked for meanwhile is bounded: the frames of one <see cref="Send"/>, the newest pong, one ping, one close frame.</para>
/// <para>The lock guards the words between them and is held for memory operations only, never over a write or a call
/// to the receiver.</para>
/// </remarks>
internal sealed class WebSocketWriter(Stream stream, WebSocketTransport owner)
{
    /// <summary>
    /// Frames of one turn are put together up to this size. Above it another write costs less than the larger copy:
    /// Kestrel's pipe takes 64 KiB before it makes a writer wait.
    /// </summary>
    public const int CoalesceBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private ITransportReceiver? _receiver;
    private bool _writing;
    private bool _stopped;
    private bool _completionOwed;
    private TaskCompletionSource? _idle;

    // Frames that wait: those of a Send during another write, or the rest of a Send that needs several writes.
    private ReadOnlyMemory<byte>[]? _batch;
    private int _batchCount;
    private int _batchNext;

    private WebSocketControlFrames _control;
    private bool _closeAsked;

    /// <summary>Says whom to tell that a send is complete.</summary>
    public void Attach(ITransportReceiver receiver)
    {
        lock (_gate)
        {
            _receiver = receiver;
            if (!_completionOwed || _writing) return;
            _completionOwed = false;
        }

        receiver.SendCompleted();
    }

    /// <summary><see cref="ITransport.Send"/>. Frames after the close frame are dropped.</summary>
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        lock (_gate)
        {
            if (_completionOwed) throw new InvalidOperationException("Send was called again before SendCompleted.");
            if (_stopped || _closeAsked || frames.Length == 0) return true;
            if (_writing)
            {
                Keep(frames);
                _completionOwed = true;
                return false;
            }

            _writing = true;
        }

        var next = 0;
        var chunk = Gather(frames, ref next, out var rented);
        if (next < frames.Length) Keep(frames[next..]);
        return Write(chunk, rented, isSend: true);
    }

    /// <summary>Sends a ping with the time of its writing.</summary>
    public void Ping()
    {
        lock (_gate)
        {
            if (_stopped || _closeAsked) return;
            _control.SetPing();
            if (_writing) return;
            _writing = true;
        }

        WriteOwed();
    }

    /// <summary>Answers a ping. While a write is on its way only the newest answer is kept, as RFC 6455 section 5.5.3 allows.</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_stopped || _closeAsked) return;
            _control.SetPong(payload);
            if (_writing) return;
            _writing = true;
        }

        WriteOwed();
    }

    /// <summary>Sends the close frame after all that was taken; nothing follows it.</summary>
    public void Close(byte[] frame)
    {
        lock (_gate)
        {
            if (_stopped || _closeAsked) return;
            _closeAsked = true;
            _control.SetClose(frame);
            if (_writing) return;
            _writing = true;
        }

        WriteOwed();
    }

    /// <summary>Takes nothing more and completes when nothing is being written any more.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            if (!_writing) return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private void WriteOwed()
    {
        if (TakeNext(out var chunk, out var rented)) Write(chunk, rented, isSend: false);
    }

    /// <summary>Writes as the owner for as long as the stream takes it at once.</summary>
    /// <returns><see langword="false"/> if the rest follows when the stream is ready; then the owner is <see cref="DrainAsync"/>.</returns>
    private bool Write(ReadOnlyMemory<byte> chunk, byte[]? rented, bool isSend)
    {
        try
        {
            do
            {
                var write = stream.WriteAsync(chunk);
                if (!write.IsCompleted)
                {
                    if (isSend) OweCompletion();
                    // Not awaited here: it catches everything, and StopAsync waits for its end.
                    _ = DrainAsync(write, rented);
                    return false;
                }

                write.GetAwaiter().GetResult();
                Return(rented);
            }
            while (TakeNext(out chunk, out rented));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        return true;
    }

    private async Task DrainAsync(ValueTask write, byte[]? rented)
    {
        try
        {
            await write.ConfigureAwait(false);
            Return(rented);
            while (TakeNext(out var chunk, out rented))
            {
                await stream.WriteAsync(chunk).ConfigureAwait(false);
                Return(rented);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void OweCompletion()
    {
        lock (_gate) _completionOwed = true;
    }

    /// <summary>What the owner writes next: the rest of a send, then control frames. Lets go of the ownership if there is nothing.</summary>
    private bool TakeNext(out ReadOnlyMemory<byte> chunk, out byte[]? rented)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_batch is not null)
                {
                    chunk = Gather(_batch.AsSpan(0, _batchCount), ref _batchNext, out rented);
                    if (_batchNext == _batchCount) DropBatch();
                    return true;
                }

                if (!_completionOwed || _receiver is null)
                {
                    if (_control.TryTake(owner, out chunk, out rented)) return true;
                    _writing = false;
                    _idle?.TrySetResult();
                    return false;
                }

                _completionOwed = false;
            }

            _receiver.SendCompleted();
        }
    }

    /// <summary>The peer does not take any more: forgets everything, completes a pending send and breaks the connection.</summary>
    private void Fail(Exception exception)
    {
        bool completed;
        lock (_gate)
        {
            _stopped = true;
            DropBatch();
            _control.Clear();
            completed = _completionOwed && _receiver is not null;
            _completionOwed &= !completed;
        }

        owner.WriteFailed(exception);
        if (completed) _receiver!.SendCompleted();
        lock (_gate)
        {
            _writing = false;
            _idle?.TrySetResult();
        }
    }

    private void Keep(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        _batch = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(frames.Length);
        frames.CopyTo(_batch);
        _batchCount = frames.Length;
        _batchNext = 0;
    }

    /// <summary>The next frames as one piece of memory: a frame alone as it is, several copied into a rented buffer.</summary>
    private static ReadOnlyMemory<byte> Gather(ReadOnlySpan<ReadOnlyMemory<byte>> frames, ref int next, out byte[]? rented)
    {
        rented = null;
        var first = next++;
        var length = frames[first].Length;
        while (next < frames.Length && length + frames[next].Length <= CoalesceBytes)
            length += frames[next++].Length;
        if (next == first + 1) return frames[first];

        rented = ArrayPool<byte>.Shared.Rent(length);
        var at = 0;
        foreach (var frame in frames[first..next])
        {
            frame.Span.CopyTo(rented.AsSpan(at));
            at += frame.Length;
        }

        return rented.AsMemory(0, length);
    }

    private void DropBatch()
    {
        if (_batch is null) return;
        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(_batch, clearArray: true);
        _batch = null;
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
