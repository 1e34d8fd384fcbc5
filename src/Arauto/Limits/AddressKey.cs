using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Arauto.Limits;

/// <summary>What counts as one address for limits: an IPv4 address, or the /64 of an IPv6 address, since a subscriber line has at least that much to choose from (RFC 6177).</summary>
internal readonly record struct AddressKey(ulong Value, bool IsV6)
{
    /// <summary>The key of <paramref name="address"/>; an IPv4 address mapped into IPv6 is the same as the IPv4 address.</summary>
    public static AddressKey From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), true)
            : new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }
}
