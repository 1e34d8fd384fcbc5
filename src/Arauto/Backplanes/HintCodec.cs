using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Backplanes;

/// <summary>A message with its position as bytes between nodes. Pure functions.</summary>
/// <remarks>The letter <c>M</c>; the epoch's text (16 bytes); the offset as 20 decimal digits; the <see cref="MessageRecord"/>. Epoch and offset are text in front, so that a script which assigns the offset can write them.</remarks>
internal static class HintCodec
{
    /// <summary>The first byte of a message.</summary>
    public const byte Mark = (byte)'M';

    private const int EpochLength = 16;
    private const int OffsetLength = 20;
    private const int HeadLength = 1 + EpochLength + OffsetLength;

    /// <summary>Writes a message.</summary>
    public static byte[] Encode(MessageFrame message)
    {
        var record = MessageRecord.Encode(message);
        var bytes = new byte[HeadLength + record.Length];
        bytes[0] = Mark;
        message.Position.Epoch.Format(bytes.AsSpan(1, EpochLength));
        Utf8Formatter.TryFormat(message.Position.Offset, bytes.AsSpan(1 + EpochLength, OffsetLength), out _, new System.Buffers.StandardFormat('D', OffsetLength));
        record.CopyTo(bytes, HeadLength);
        return bytes;
    }

    /// <summary>Reads a message.</summary>
    /// <returns><see langword="false"/> if the bytes are not such.</returns>
    public static bool TryDecode(string channel, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out MessageFrame? message)
    {
        message = null;
        return TryReadPosition(bytes.Span, out var position) && MessageRecord.TryDecode(channel, position, bytes[HeadLength..], out message);
    }

    /// <summary>Reads the position alone.</summary>
    public static bool TryReadPosition(ReadOnlySpan<byte> bytes, out Position position)
    {
        position = default;
        if (bytes.Length < HeadLength || bytes[0] != Mark) return false;
        if (!Utf8Parser.TryParse(bytes.Slice(1, EpochLength), out ulong epoch, out var used, 'x') || used != EpochLength) return false;
        if (!Utf8Parser.TryParse(bytes.Slice(1 + EpochLength, OffsetLength), out long offset, out used) || used != OffsetLength || offset <= 0) return false;
        position = new Position(new Epoch(epoch), offset);
        return true;
    }
}
