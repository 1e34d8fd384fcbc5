namespace Arauto.Redis.Resp;

/// <summary>Bytes with a length in front, copied to where they stay as they come.</summary>
internal sealed class RespBulk
{
    private const int VerbatimFormat = 4;

    private RespBulkKind _kind;
    private Memory<byte> _bytes;
    private int _filled;
    private int _ended;

    /// <summary>Whether bytes are due.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Begins with the memory for all bytes.</summary>
    public void Open(RespBulkKind kind, Memory<byte> bytes)
    {
        _kind = kind;
        _bytes = bytes;
        _filled = _ended = 0;
        IsOpen = true;
    }

    /// <summary>Takes input up to the end.</summary>
    /// <exception cref="RespException">There is something else behind the bytes than CR and LF.</exception>
    public bool TryFill(ref ReadOnlySpan<byte> input, out RedisReply value)
    {
        value = default;
        var take = Math.Min(input.Length, _bytes.Length - _filled);
        input[..take].CopyTo(_bytes.Span[_filled..]);
        _filled += take;
        input = input[take..];
        if (_filled < _bytes.Length) return false;
        for (; _ended < 2; _ended++)
        {
            if (input.IsEmpty) return false;
            if (input[0] != (_ended == 0 ? '\r' : '\n')) throw new RespException("A string does not end where its length says.");
            input = input[1..];
        }
        value = Close();
        return true;
    }

    private RedisReply Close()
    {
        var bytes = _bytes;
        _bytes = default;
        IsOpen = false;
        return _kind switch
        {
            RespBulkKind.Error => RedisReply.Error(bytes),
            RespBulkKind.Verbatim when bytes.Length < VerbatimFormat => throw new RespException("A verbatim string has no format."),
            RespBulkKind.Verbatim => RedisReply.Text(bytes[VerbatimFormat..]),
            _ => RedisReply.Text(bytes),
        };
    }
}
