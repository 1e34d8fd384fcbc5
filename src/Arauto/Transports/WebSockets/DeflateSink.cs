using System.Buffers;

namespace Arauto.Transports.WebSockets;

/// <summary>A rented buffer of fixed size that a compressor writes to; what does not fit only sets a mark.</summary>
internal sealed class DeflateSink(int capacity) : Stream
{
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;
    private bool _sealed;

    /// <summary>Whether more was written than fits.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>How much was written and fitted.</summary>
    public override long Length => _length;

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>Ignores everything that is written from now on.</summary>
    public void Seal() => _sealed = true;

    /// <summary>Gives up the buffer: to the caller, or to the pool.</summary>
    public byte[]? Detach(bool keep)
    {
        var buffer = _buffer;
        _buffer = null;
        if (keep || buffer is null) return buffer;
        ArrayPool<byte>.Shared.Return(buffer);
        return null;
    }

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_sealed || Overflowed) return;
        if (buffer.Length > capacity - _length)
        {
            Overflowed = true;
            return;
        }

        buffer.CopyTo(_buffer.AsSpan(_length));
        _length += buffer.Length;
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();
}
