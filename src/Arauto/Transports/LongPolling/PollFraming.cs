using System.Buffers;
using Arauto.Protocol.Frames;

namespace Arauto.Transports.LongPolling;

/// <summary>Marks a frame with the list of the answer that it belongs to; what has no list, but ends the wait, is only the mark.</summary>
internal sealed class PollFraming : Framing
{
    /// <summary>A message.</summary>
    public const byte Message = (byte)'m';

    /// <summary>A gap.</summary>
    public const byte Gap = (byte)'g';

    /// <summary>Presence, typing or a receipt.</summary>
    public const byte Event = (byte)'e';

    /// <summary>A reason to ask anew: the node drains, a right is gone.</summary>
    public const byte Nudge = (byte)'n';

    private readonly bool _withEvents;

    private PollFraming(bool withEvents) => _withEvents = withEvents;

    private static readonly PollFraming Plain = new(false);
    private static readonly PollFraming WithEvents = new(true);

    /// <summary>The framing of a request.</summary>
    /// <param name="withEvents">Whether presence, typing and receipts are sent.</param>
    public static PollFraming Get(bool withEvents) => withEvents ? WithEvents : Plain;

    /// <inheritdoc/>
    public override void Write(ServerFrame frame, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        switch (frame)
        {
            case MessageFrame:
                Write(Message, payload, output);
                break;
            case GapFrame:
                Write(Gap, payload, output);
                break;
            case PresenceFrame or TypingFrame or ReceiptFrame when _withEvents:
                Write(Event, payload, output);
                break;
            case ErrorFrame or MoveFrame:
                Write(Nudge, default, output);
                break;
        }
    }

    private static void Write(byte mark, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        output.Write([mark]);
        output.Write(payload);
    }
}
