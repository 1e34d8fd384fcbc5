using System.Buffers.Binary;

namespace Arauto.Backplanes.Links;

/// <summary>What each message of a link begins with.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Epoch">The sender's end of the link, drawn when it was made. In a <see cref="LinkMessageType.Reset"/> the receiver's.</param>
/// <param name="Number">That of the batch; in a sign of life that of the first batch which the sender does not know to have arrived.</param>
/// <param name="PeerEpoch">The receiver's end, as far as the sender knows it; otherwise 0.</param>
/// <param name="Expected">The number of the batch that the sender waits for: all before it have arrived.</param>
internal readonly record struct LinkHeader(LinkMessageType Type, uint Epoch, ulong Number, uint PeerEpoch, ulong Expected)
{
    /// <summary>The length on the wire.</summary>
    public const int Bytes = 1 + 4 + 8 + 4 + 8;

    /// <summary>Reads a header.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out LinkHeader header)
    {
        header = default;
        if (message.Length < Bytes) return false;
        header = new LinkHeader(
            (LinkMessageType)message[0],
            BinaryPrimitives.ReadUInt32BigEndian(message[1..]),
            BinaryPrimitives.ReadUInt64BigEndian(message[5..]),
            BinaryPrimitives.ReadUInt32BigEndian(message[13..]),
            BinaryPrimitives.ReadUInt64BigEndian(message[17..]));
        return header is { Type: >= LinkMessageType.Batch and <= LinkMessageType.Reset, Epoch: not 0 };
    }

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> message)
    {
        message[0] = (byte)Type;
        BinaryPrimitives.WriteUInt32BigEndian(message[1..], Epoch);
        BinaryPrimitives.WriteUInt64BigEndian(message[5..], Number);
        BinaryPrimitives.WriteUInt32BigEndian(message[13..], PeerEpoch);
        BinaryPrimitives.WriteUInt64BigEndian(message[17..], Expected);
    }

    /// <summary>A message that is nothing but its header.</summary>
    public byte[] ToMessage()
    {
        var message = new byte[Bytes];
        Write(message);
        return message;
    }
}
