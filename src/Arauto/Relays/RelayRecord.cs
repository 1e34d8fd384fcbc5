using System.Buffers.Binary;

namespace Arauto.Relays;

/// <summary>One record between two nodes: what it is, which request of the asking node it is about, and the rest.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Request">The number of the request, drawn by the node that the client reached.</param>
/// <param name="Rest">What follows; depends on the type.</param>
internal readonly record struct RelayRecord(RelayRecordType Type, ulong Request, ReadOnlyMemory<byte> Rest)
{
    /// <summary>What stands before the rest.</summary>
    public const int HeaderBytes = 1 + 8;

    /// <summary>Reads a record.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out RelayRecord record)
    {
        record = default;
        if (bytes.Length < HeaderBytes) return false;
        record = new RelayRecord((RelayRecordType)bytes.Span[0], BinaryPrimitives.ReadUInt64BigEndian(bytes.Span[1..]), bytes[HeaderBytes..]);
        return true;
    }

    /// <summary>A record with room for the rest.</summary>
    public static byte[] Create(RelayRecordType type, ulong request, int restBytes)
    {
        var bytes = new byte[HeaderBytes + restBytes];
        bytes[0] = (byte)type;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), request);
        return bytes;
    }

    /// <summary>A record with bytes that the caller keeps.</summary>
    public static byte[] Create(RelayRecordType type, ulong request, ReadOnlySpan<byte> rest)
    {
        var bytes = Create(type, request, rest.Length);
        rest.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>A record with a number.</summary>
    public static byte[] Create(RelayRecordType type, ulong request, uint number)
    {
        var bytes = Create(type, request, restBytes: sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeaderBytes), number);
        return bytes;
    }

    /// <summary>The number that is the rest.</summary>
    public bool TryReadNumber(out uint number) => BinaryPrimitives.TryReadUInt32BigEndian(Rest.Span, out number);
}
