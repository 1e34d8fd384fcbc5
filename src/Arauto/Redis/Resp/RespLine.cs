namespace Arauto.Redis.Resp;

/// <summary>A line that may come in pieces.</summary>
internal sealed class RespLine
{
    /// <summary>Lines are lengths, numbers, states and errors; an error may quote a script.</summary>
    private const int MaxLength = 64 * 1024;

    private byte[] _begun = new byte[64];
    private int _length;

    /// <summary>Takes input up to the end of the line.</summary>
    /// <param name="input">What came; afterwards what is left of it.</param>
    /// <param name="line">The line without its end; good until the next call.</param>
    /// <exception cref="RespException">The line does not end as it must.</exception>
    public bool TryTake(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        var end = input.IndexOf((byte)'\n');
        var piece = end < 0 ? input : input[..(end + 1)];
        if (_length + piece.Length > MaxLength) throw new RespException($"A line is longer than {MaxLength} bytes.");
        input = input[piece.Length..];
        if (end < 0 || _length > 0)
        {
            Append(piece);
            piece = _begun.AsSpan(0, _length);
        }
        line = default;
        if (end < 0) return false;
        _length = 0;
        if (piece.Length < 2 || piece[^2] != '\r') throw new RespException("A line does not end with CR and LF.");
        line = piece[..^2];
        return true;
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (_length + piece.Length > _begun.Length) Array.Resize(ref _begun, Math.Max(_begun.Length * 2, _length + piece.Length));
        piece.CopyTo(_begun.AsSpan(_length));
        _length += piece.Length;
    }
}
