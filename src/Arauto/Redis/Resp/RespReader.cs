using System.Globalization;

namespace Arauto.Redis.Resp;

/// <summary>Reads RESP2 and RESP3 from a stream of bytes that is cut anywhere. Pure: knows no socket. Not thread-safe.</summary>
/// <remarks>
/// <para>What was read once is not read again, whatever the cuts. Memory is taken only after its size was checked against the bound.</para>
/// <para>Pushes allocate nothing but the bytes of their last item, which is the message; see <see cref="RespFrame"/>.</para>
/// <para>https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md; without the streamed types, which servers do not send.</para>
/// </remarks>
/// <param name="maxReplyBytes">The largest reply; a larger one is an error.</param>
internal sealed class RespReader(int maxReplyBytes)
{
    private const int MaxDepth = 64;

    /// <summary>About what an item takes in memory, so that an announced count is bounded like announced bytes.</summary>
    private const int ItemCost = 40;

    private readonly RespLine _line = new();
    private readonly RespBulk _bulk = new();
    private readonly PushMemory _push = new();
    private Level[] _levels = new Level[4];
    private int _depth;
    private long _taken;

    /// <summary>Whether arrays are pushes: on a connection for pushes that speaks RESP2, which has no type for them.</summary>
    public bool ArraysArePushes { get; set; }

    /// <summary>Reads on.</summary>
    /// <param name="input">What came; afterwards what is left of it behind the frame.</param>
    /// <param name="frame">The frame, if it is whole now.</param>
    /// <returns><see langword="false"/> if all input was taken and the frame goes on.</returns>
    /// <exception cref="RespException">It is not RESP, or too large.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out RespFrame frame)
    {
        while (true)
        {
            RedisReply value;
            if (_bulk.IsOpen)
            {
                if (!_bulk.TryFill(ref input, out value)) break;
            }
            else
            {
                if (!_line.TryTake(ref input, out var line)) break;
                if (!TryBegin(line, out value)) continue;
            }
            if (TryFinish(value, out frame)) return true;
        }
        frame = default;
        return false;
    }

    /// <summary>Takes a line that begins a value.</summary>
    /// <returns><see langword="true"/> if the value ends with it too.</returns>
    private bool TryBegin(ReadOnlySpan<byte> line, out RedisReply value)
    {
        if (line.IsEmpty) throw new RespException("An empty line stands where a reply was due.");
        var rest = line[1..];
        value = default;
        switch (line[0])
        {
            case (byte)'$': return TryOpenBulk(RespBulkKind.Text, rest);
            case (byte)'=': return TryOpenBulk(RespBulkKind.Verbatim, rest);
            case (byte)'!': return TryOpenBulk(RespBulkKind.Error, rest);
            case (byte)'*': return TryOpenLevel(ArraysArePushes && _depth == 0 ? LevelKind.Push : LevelKind.Array, rest, 1, out value);
            case (byte)'~': return TryOpenLevel(LevelKind.Array, rest, 1, out value);
            case (byte)'%': return TryOpenLevel(LevelKind.Array, rest, 2, out value);
            case (byte)'>': return TryOpenLevel(LevelKind.Push, rest, 1, out value);
            case (byte)'|': return TryOpenLevel(LevelKind.Attribute, rest, 2, out value);
            case (byte)':': value = RedisReply.Number(Number(rest)); return true;
            case (byte)'+' or (byte)',' or (byte)'(': value = RedisReply.Text(Keep(rest)); return true;
            case (byte)'-': value = RedisReply.Error(Keep(rest)); return true;
            case (byte)'_' when rest.IsEmpty: return true;
            case (byte)'#' when rest is [(byte)'t' or (byte)'f']: value = RedisReply.Number(rest[0] == 't' ? 1 : 0); return true;
            default: throw new RespException($"No reply begins with the byte {line[0]} and goes on like that.");
        }
    }

    /// <returns><see langword="true"/> if it is RESP2's null, which has no bytes.</returns>
    private bool TryOpenBulk(RespBulkKind kind, ReadOnlySpan<byte> text)
    {
        var length = Length(text);
        if (length == -1) return true;
        Take(length);
        if (kind == RespBulkKind.Text && _depth == 1 && _levels[0].IsPushHead) _bulk.Open(kind, _push.Take((int)length));
        else _bulk.Open(kind, length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length));
        return false;
    }

    /// <returns><see langword="true"/> if it has no items, or is RESP2's null.</returns>
    private bool TryOpenLevel(LevelKind kind, ReadOnlySpan<byte> text, int perEntry, out RedisReply value)
    {
        value = default;
        var count = Length(text);
        if (count == -1) return true;
        Take(Math.Min(count, int.MaxValue) * perEntry * ItemCost);
        var items = (int)count * perEntry;
        if (kind == LevelKind.Push && (_depth > 0 || items == 0)) throw new RespException("A push stands inside of a reply, or is empty.");
        if (items == 0 && kind == LevelKind.Array)
        {
            value = RedisReply.Array([]);
            return true;
        }
        if (items == 0) return false;
        if (_depth == MaxDepth) throw new RespException($"A reply is nested deeper than {MaxDepth} levels.");
        if (_depth == _levels.Length) Array.Resize(ref _levels, _depth * 2);
        _levels[_depth++] = new Level(kind, kind == LevelKind.Push ? _push.Begin(items) : new RedisReply[items]);
        return false;
    }

    /// <summary>Puts a value into the arrays around it.</summary>
    private bool TryFinish(RedisReply value, out RespFrame frame)
    {
        frame = default;
        var isPush = false;
        while (_depth > 0)
        {
            ref var level = ref _levels[_depth - 1];
            level.Items[level.Count++] = value;
            if (level.Count < level.Items.Length) return false;
            value = RedisReply.Array(level.Items);
            isPush = level.Kind == LevelKind.Push;
            var isAttribute = level.Kind == LevelKind.Attribute;
            level = default;
            _depth--;
            // An attribute says something about the value behind it, which takes the place.
            if (isAttribute) return false;
        }
        _taken = 0;
        frame = new RespFrame(value, isPush);
        return true;
    }

    private byte[] Keep(ReadOnlySpan<byte> text)
    {
        Take(text.Length);
        return text.ToArray();
    }

    private void Take(long bytes)
    {
        if (bytes > maxReplyBytes - _taken) throw new RespException($"A reply is larger than {maxReplyBytes} bytes.");
        _taken += bytes;
    }

    /// <summary>A length or a count; -1 is RESP2's null.</summary>
    private static long Length(ReadOnlySpan<byte> text) => Number(text) is var length and >= -1 ? length : throw new RespException("A length is negative.");

    private static long Number(ReadOnlySpan<byte> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new RespException("A number is due and is none.");

    private enum LevelKind
    {
        Array,
        Push,
        Attribute,
    }

    private struct Level(LevelKind kind, RedisReply[] items)
    {
        public readonly LevelKind Kind = kind;
        public readonly RedisReply[] Items = items;
        public int Count;

        /// <summary>Whether an item of a push is next that is not the last.</summary>
        public readonly bool IsPushHead => Kind == LevelKind.Push && Count < Items.Length - 1;
    }
}
