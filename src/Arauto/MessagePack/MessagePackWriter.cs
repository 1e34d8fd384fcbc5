using System.Buffers;
using System.Buffers.Binary;

namespace Arauto.MessagePack;

/// <summary>Writes values of MessagePack, each in its smallest form, as <c>notepack.io</c> does.</summary>
/// <remarks>An array or a map is its head, then as many values or pairs as it says; that is the caller's to keep. Format: <see href="https://github.com/msgpack/msgpack/blob/master/spec.md"/>.</remarks>
internal readonly struct MessagePackWriter(IBufferWriter<byte> output)
{
    /// <summary>Nothing.</summary>
    public void WriteNil() => Write(0xc0);

    /// <summary>True or false.</summary>
    public void WriteBoolean(bool value) => Write(value ? (byte)0xc3 : (byte)0xc2);

    /// <summary>A whole number.</summary>
    public void WriteInteger(long value)
    {
        switch (value)
        {
            case >= 0: WriteInteger((ulong)value); break;
            case >= -32: Write((byte)value); break;
            case >= sbyte.MinValue: WriteNumber(0xd0, 1, (ulong)value); break;
            case >= short.MinValue: WriteNumber(0xd1, 2, (ulong)value); break;
            case >= int.MinValue: WriteNumber(0xd2, 4, (ulong)value); break;
            default: WriteNumber(0xd3, 8, (ulong)value); break;
        }
    }

    /// <summary>A whole number that is not negative.</summary>
    public void WriteInteger(ulong value)
    {
        switch (value)
        {
            case <= 0x7f: Write((byte)value); break;
            case <= byte.MaxValue: WriteNumber(0xcc, 1, value); break;
            case <= ushort.MaxValue: WriteNumber(0xcd, 2, value); break;
            case <= uint.MaxValue: WriteNumber(0xce, 4, value); break;
            default: WriteNumber(0xcf, 8, value); break;
        }
    }

    /// <summary>A floating-point number.</summary>
    public void WriteFloat(double value) => WriteNumber(0xcb, 8, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A text.</summary>
    /// <param name="utf8">Sound UTF-8.</param>
    public void WriteText(ReadOnlySpan<byte> utf8)
    {
        WriteHead(utf8.Length, fix: 0xa0, fixMost: 31, byteHead: 0xd9, wideHead: 0xda);
        output.Write(utf8);
    }

    /// <summary>Bytes.</summary>
    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        WriteHead(bytes.Length, fix: 0, fixMost: -1, byteHead: 0xc4, wideHead: 0xc5);
        output.Write(bytes);
    }

    /// <summary>The head of an array.</summary>
    public void WriteArray(int count) => WriteHead(count, fix: 0x90, fixMost: 15, byteHead: null, wideHead: 0xdc);

    /// <summary>The head of a map.</summary>
    public void WriteMap(int pairs) => WriteHead(pairs, fix: 0x80, fixMost: 15, byteHead: null, wideHead: 0xde);

    private void WriteHead(int count, byte fix, int fixMost, byte? byteHead, byte wideHead)
    {
        if (count <= fixMost) Write((byte)(fix | count));
        else if (byteHead is { } head && count <= byte.MaxValue) WriteNumber(head, 1, (ulong)count);
        else if (count <= ushort.MaxValue) WriteNumber(wideHead, 2, (ulong)count);
        else WriteNumber((byte)(wideHead + 1), 4, (ulong)count);
    }

    private void WriteNumber(byte head, int size, ulong value)
    {
        Span<byte> all = stackalloc byte[9];
        all[0] = head;
        BinaryPrimitives.WriteUInt64BigEndian(all[1..], value << (64 - (8 * size)));
        output.Write(all[..(1 + size)]);
    }

    private void Write(byte value) => output.Write([value]);
}
