using System.Globalization;
using System.Text;

namespace Arauto.Tests.Support;

/// <summary>The body of an answer in chunks (RFC 9112, 7.1), without the chunks.</summary>
internal sealed class ChunkedStream(Stream inner) : Stream
{
    private readonly byte[] _one = new byte[1];
    private long _left;

    /// <summary>Whether the last chunk has come, so that the body is whole.</summary>
    public bool IsWhole { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsWhole) return 0;
        if (_left == 0)
        {
            if (await ReadLineAsync(cancellationToken) is not { Length: > 0 } size) return 0;
            _left = long.Parse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (_left == 0)
            {
                IsWhole = true;
                return 0;
            }
        }
        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= read;
        if (read > 0 && _left == 0) await ReadLineAsync(cancellationToken);
        return read;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (await inner.ReadAsync(_one, cancellationToken) == 1)
        {
            if (_one[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)_one[0]);
        }
        return null;
    }
}
