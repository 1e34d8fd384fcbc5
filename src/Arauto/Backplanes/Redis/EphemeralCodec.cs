using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Backplanes.Redis;

/// <summary>What is not kept, as bytes between nodes. Pure functions.</summary>
/// <remarks>
/// The letter <c>E</c>, the sender's name (6 bytes), then either <c>J</c> and a frame of the native protocol in JSON, or
/// <c>V</c> (may be dropped) or <c>K</c> and a <see cref="MessageRecord"/> for an event with an envelope.
/// </remarks>
internal static class EphemeralCodec
{
    /// <summary>The first byte.</summary>
    public const byte Mark = (byte)'E';

    private const byte Native = (byte)'J';
    private const byte Droppable = (byte)'V';
    private const byte Kept = (byte)'K';
    private const int HeadLength = 1 + INodeBus.NameLength + 1;

    /// <summary>Writes a frame.</summary>
    public static byte[] Encode(string sender, ServerFrame frame)
    {
        var output = new ArrayBufferWriter<byte>(256);
        output.Write([Mark]);
        Encoding.ASCII.GetBytes(sender, output);
        if (frame is EphemeralEventFrame ephemeral)
        {
            output.Write([ephemeral.MayDrop ? Droppable : Kept]);
            output.Write(MessageRecord.Encode(default, DateTimeOffset.UnixEpoch, ephemeral.Event, null, ephemeral.Envelope, ephemeral.Data.Span));
        }
        else
        {
            output.Write([Native]);
            JsonCodec.Instance.EncodeFrame(frame, output);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a frame of another node.</summary>
    /// <returns><see langword="false"/> if it is <paramref name="self"/>'s own, or not understood.</returns>
    public static bool TryDecode(string channel, string self, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame)
    {
        frame = null;
        if (bytes.Length < HeadLength || bytes.Span[0] != Mark) return false;
        if (Ascii.Equals(bytes.Span.Slice(1, INodeBus.NameLength), self)) return false;
        var kind = bytes.Span[HeadLength - 1];
        if (kind == Native)
            return JsonCodec.Instance.TryDecodeFrame(bytes.Span[HeadLength..], out frame, out _) && frame is PresenceFrame or TypingFrame or ReceiptFrame;
        if (kind is not (Droppable or Kept)) return false;
        if (!MessageRecord.TryDecode(channel, default, bytes[HeadLength..], out var message) || message.Envelope is null) return false;
        frame = new EphemeralEventFrame { Channel = channel, Event = message.Event, Data = message.Data, Envelope = message.Envelope, MayDrop = kind == Droppable };
        return true;
    }
}
