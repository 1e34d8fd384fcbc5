using System.Threading.Channels;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>A duplex stream in the hands of the test: what is read, when writes complete, and whether they fail.</summary>
internal sealed class ManualStream : Stream
{
    private readonly Lock _gate = new();
    private readonly Channel<byte[]> _input = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();
    private readonly List<byte[]> _writes = [];
    private ReadOnlyMemory<byte> _unread;
    private TaskCompletionSource? _pendingWrite;
    private bool _aborted;

    /// <summary>Whether the next write waits for <see cref="CompleteWrite"/>.</summary>
    public bool HoldWrites { get; set; }

    public Exception? WriteFailure { get; set; }

    public byte[][] Writes
    {
        get { lock (_gate) return [.. _writes]; }
    }

    public bool Aborted
    {
        get { lock (_gate) return _aborted; }
    }

    public void Feed(byte[] bytes) => Assert.True(_input.Writer.TryWrite(bytes));

    public void End() => _input.Writer.TryComplete();

    public void Abort()
    {
        lock (_gate) _aborted = true;
        _input.Writer.TryComplete(new IOException("aborted"));
        Interlocked.Exchange(ref _pendingWrite, null)?.SetException(new IOException("aborted"));
    }

    /// <summary>Completes the write that waits; later ones wait too while <see cref="HoldWrites"/> is set.</summary>
    public void CompleteWrite() => Interlocked.Exchange(ref _pendingWrite, null)!.SetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unread.IsEmpty)
        {
            try
            {
                _unread = await _input.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException exception)
            {
                return exception.InnerException is null ? 0 : throw exception.InnerException;
            }
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (WriteFailure is not null) return ValueTask.FromException(WriteFailure);
        lock (_gate)
        {
            Assert.Null(_pendingWrite);
            _writes.Add(buffer.ToArray());
            if (!HoldWrites) return default;
            _pendingWrite = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_pendingWrite.Task);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
