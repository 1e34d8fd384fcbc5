using System.Buffers.Binary;
using System.Text.Unicode;

namespace Arauto.MessagePack;

/// <summary>
/// Reads values of MessagePack one after the other: all of JSON, binary, timestamps, and the extensions of type 0 by which
/// <c>notepack.io</c> means <c>undefined</c>, dates and array buffers. Whatever the bytes are, it takes no memory and never throws.
/// </summary>
/// <remarks>
/// An array or a map can have at most as many elements as bytes follow, so a count can be trusted for a table's size.
/// Nesting is the caller's to bound. Format: <see href="https://github.com/msgpack/msgpack/blob/master/spec.md"/>.
/// </remarks>
internal struct MessagePackReader(ReadOnlyMemory<byte> bytes)
{
    private const sbyte TimestampType = -1;
    private const sbyte NotepackType = 0;

    private int _at;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _at == bytes.Length;

    private readonly int Left => bytes.Length - _at;

    /// <summary>Reads the next value.</summary>
    /// <returns><see langword="false"/> if there is none, or what stands there is none of ours; nothing more can be read then.</returns>
    public bool TryRead(out MessagePackValue value)
    {
        value = default;
        if (!TryTake(1, out var first)) return false;
        var head = first.Span[0];
        switch (head)
        {
            case <= 0x7f: value = Of(head); return true;
            case <= 0x8f: return TryContainer(MessagePackKind.Map, (uint)head & 0x0f, out value);
            case <= 0x9f: return TryContainer(MessagePackKind.Array, (uint)head & 0x0f, out value);
            case <= 0xbf: return TryBytes(MessagePackKind.Text, (uint)head & 0x1f, out value);
            case 0xc0: return true;
            case 0xc2 or 0xc3: value = new MessagePackValue(MessagePackKind.Boolean, head & 1); return true;
            case >= 0xc4 and <= 0xc6: return TryNumber(1 << (head - 0xc4), out var binary) && TryBytes(MessagePackKind.Binary, (uint)binary, out value);
            case >= 0xc7 and <= 0xc9: return TryNumber(1 << (head - 0xc7), out var length) && TryExtension((uint)length, isFixed: false, out value);
            case 0xca or 0xcb: return TryFloat(head == 0xca ? 4 : 8, out value);
            case >= 0xcc and <= 0xcf: return TryUnsigned(1 << (head - 0xcc), out value);
            case >= 0xd0 and <= 0xd3: return TrySigned(1 << (head - 0xd0), out value);
            case >= 0xd4 and <= 0xd8: return TryExtension(1u << (head - 0xd4), isFixed: true, out value);
            case >= 0xd9 and <= 0xdb: return TryNumber(1 << (head - 0xd9), out var text) && TryBytes(MessagePackKind.Text, (uint)text, out value);
            case 0xdc or 0xdd: return TryNumber(head == 0xdc ? 2 : 4, out var items) && TryContainer(MessagePackKind.Array, (uint)items, out value);
            case 0xde or 0xdf: return TryNumber(head == 0xde ? 2 : 4, out var pairs) && TryContainer(MessagePackKind.Map, (uint)pairs, out value);
            case >= 0xe0: value = Of((sbyte)head); return true;
            default: return false;
        }
    }

    private static MessagePackValue Of(long integer) => new(MessagePackKind.Integer, integer);

    private bool TryContainer(MessagePackKind kind, uint count, out MessagePackValue value)
    {
        value = new MessagePackValue(kind, count);
        return (kind == MessagePackKind.Map ? 2L * count : count) <= Left;
    }

    private bool TryBytes(MessagePackKind kind, uint length, out MessagePackValue value)
    {
        var isThere = TryTake(length, out var taken);
        value = new MessagePackValue(kind, Bytes: taken);
        return isThere && (kind != MessagePackKind.Text || Utf8.IsValid(taken.Span));
    }

    private bool TryFloat(int size, out MessagePackValue value)
    {
        value = default;
        if (!TryTake((uint)size, out var taken)) return false;
        var number = size == 4 ? BinaryPrimitives.ReadSingleBigEndian(taken.Span) : BinaryPrimitives.ReadDoubleBigEndian(taken.Span);
        value = new MessagePackValue(MessagePackKind.Float, Float: number);
        return true;
    }

    private bool TryUnsigned(int size, out MessagePackValue value)
    {
        var isThere = TryNumber(size, out var number);
        value = new MessagePackValue(number > long.MaxValue ? MessagePackKind.Unsigned : MessagePackKind.Integer, (long)number);
        return isThere;
    }

    private bool TrySigned(int size, out MessagePackValue value)
    {
        var isThere = TryNumber(size, out var number);
        var unused = 64 - (8 * size);
        value = Of((long)(number << unused) >> unused);
        return isThere;
    }

    /// <summary>In the fixed forms of 1 and 8 bytes notepack's type means undefined and a date; with a length of its own it is a buffer, whatever the length.</summary>
    private bool TryExtension(uint length, bool isFixed, out MessagePackValue value)
    {
        value = default;
        if (!TryTake(1, out var type) || !TryTake(length, out var content)) return false;
        switch ((sbyte)type.Span[0])
        {
            case TimestampType:
                return TryTimestamp(content.Span, out value);
            case NotepackType when isFixed && length == 1:
                return true;
            case NotepackType when isFixed && length == 8:
                value = new MessagePackValue(MessagePackKind.Timestamp, BinaryPrimitives.ReadInt64BigEndian(content.Span));
                return true;
            case NotepackType:
                value = new MessagePackValue(MessagePackKind.Binary, Bytes: content);
                return true;
            default:
                return false;
        }
    }

    private static bool TryTimestamp(ReadOnlySpan<byte> content, out MessagePackValue value)
    {
        value = default;
        long seconds;
        uint nanoseconds;
        switch (content.Length)
        {
            case 4:
                (seconds, nanoseconds) = (BinaryPrimitives.ReadUInt32BigEndian(content), 0);
                break;
            case 8:
                var both = BinaryPrimitives.ReadUInt64BigEndian(content);
                (seconds, nanoseconds) = ((long)(both & 0x3_ffff_ffff), (uint)(both >> 34));
                break;
            case 12:
                (seconds, nanoseconds) = (BinaryPrimitives.ReadInt64BigEndian(content[4..]), BinaryPrimitives.ReadUInt32BigEndian(content));
                break;
            default:
                return false;
        }
        if (nanoseconds > 999_999_999 || seconds is > long.MaxValue / 1000 - 1 or < long.MinValue / 1000) return false;
        value = new MessagePackValue(MessagePackKind.Timestamp, (seconds * 1000) + (nanoseconds / 1_000_000));
        return true;
    }

    private bool TryNumber(int size, out ulong number)
    {
        number = 0;
        if (!TryTake((uint)size, out var taken)) return false;
        foreach (var part in taken.Span) number = (number << 8) | part;
        return true;
    }

    private bool TryTake(uint length, out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        if (length > Left) return false;
        taken = bytes.Slice(_at, (int)length);
        _at += (int)length;
        return true;
    }
}
