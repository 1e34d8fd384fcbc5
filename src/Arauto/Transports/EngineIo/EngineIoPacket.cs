using System.Buffers;
using System.Buffers.Text;

namespace Arauto.Transports.EngineIo;

/// <summary>One packet of a client.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Data">What follows the type; of a binary message the decoded bytes.</param>
internal readonly record struct EngineIoPacket(EngineIoPacketType Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>Reads a packet from its text.</summary>
    /// <param name="text">UTF-8; the packet keeps a part of it.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> text, out EngineIoPacket packet)
    {
        packet = default;
        if (text.IsEmpty) return false;
        var type = (EngineIoPacketType)text.Span[0];
        var data = text[1..];
        switch (type)
        {
            case >= EngineIoPacketType.Open and <= EngineIoPacketType.Noop:
                packet = new EngineIoPacket(type, data);
                return true;
            case EngineIoPacketType.Binary when TryDecode(data.Span, out var binary):
                packet = new EngineIoPacket(type, binary);
                return true;
            default:
                return false;
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> base64, out byte[] binary)
    {
        binary = [];
        if (!Base64.IsValid(base64, out var length)) return false;
        binary = new byte[length];
        return Base64.DecodeFromUtf8(base64, binary, out _, out var written) == OperationStatus.Done && written == length;
    }
}
