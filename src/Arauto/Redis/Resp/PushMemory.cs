namespace Arauto.Redis.Resp;

/// <summary>Memory that pushes use again and again: for their items, and for the words and channels in front of the message.</summary>
internal sealed class PushMemory
{
    private const int MaxItems = 8;
    private const int MaxKept = 16 * 1024;

    private readonly RedisReply[]?[] _items = new RedisReply[MaxItems + 1][];
    private byte[] _bytes = new byte[512];
    private int _used;

    /// <summary>Items for a push; what the one before had is given up.</summary>
    public RedisReply[] Begin(int items)
    {
        _used = 0;
        return items > MaxItems ? new RedisReply[items] : _items[items] ??= new RedisReply[items];
    }

    /// <summary>Bytes for an item.</summary>
    public Memory<byte> Take(int length)
    {
        if (length > MaxKept) return new byte[length];
        if (_used + length > _bytes.Length)
        {
            // Items that were given out before keep the old array alive as long as they need it.
            _bytes = new byte[Math.Max(_bytes.Length * 2, length)];
            _used = 0;
        }
        var memory = _bytes.AsMemory(_used, length);
        _used += length;
        return memory;
    }
}
