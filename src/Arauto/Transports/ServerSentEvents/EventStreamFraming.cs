using System.Buffers;
using System.Globalization;
using System.Text;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Transports.ServerSentEvents;

/// <summary>Wraps a frame as one event of an event stream: WHATWG HTML, section 9.2.5 "Parsing an event stream".</summary>
/// <remarks>
/// Messages and gaps have no <c>event:</c> line, so that <c>EventSource.onmessage</c> gets them; other frames are events
/// of the type <c>control</c>; what only concerns the connection is a comment.
/// </remarks>
internal sealed class EventStreamFraming : Framing
{
    /// <summary>The longest random time, in milliseconds, after which a client whose stream broke comes back; at least half a second.</summary>
    private const int RetryMilliseconds = 3000;

    private readonly bool _singleChannel;
    private readonly bool _withEvents;

    private EventStreamFraming(bool singleChannel, bool withEvents)
    {
        _singleChannel = singleChannel;
        _withEvents = withEvents;
    }

    private static readonly EventStreamFraming[] All = [new(false, false), new(false, true), new(true, false), new(true, true)];

    /// <summary>The framing of a stream.</summary>
    /// <param name="singleChannel">Whether the stream has one channel: then a message's <c>id:</c> is the same for all receivers, and part of the shared bytes.</param>
    /// <param name="withEvents">Whether presence, typing and receipts are sent.</param>
    public static EventStreamFraming Get(bool singleChannel, bool withEvents) => All[(singleChannel ? 2 : 0) + (withEvents ? 1 : 0)];

    /// <inheritdoc/>
    public override void Write(ServerFrame frame, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        switch (frame)
        {
            case MessageFrame message:
                if (_singleChannel) WriteId(message, output);
                WriteData(payload, output);
                break;
            case GapFrame:
                WriteData(payload, output);
                break;
            case ConnectedFrame:
                WriteComment("connected "u8, payload, output);
                WriteRetry(Random.Shared.Next(500, RetryMilliseconds), output);
                output.Write("\n"u8);
                break;
            case HeartbeatFrame:
                output.Write(": heartbeat\n\n"u8);
                break;
            case MoveFrame move:
                WriteRetry((int)Math.Ceiling(move.After * 1000), output);
                WriteControl(payload, output);
                break;
            case PresenceFrame or TypingFrame or ReceiptFrame when !_withEvents:
                break;
            default:
                WriteControl(payload, output);
                break;
        }
    }

    /// <inheritdoc/>
    public override bool NeedsCursor(bool isMessage) => !isMessage || !_singleChannel;

    /// <inheritdoc/>
    public override void WriteCursor(ReadOnlySpan<byte> cursor, IBufferWriter<byte> output)
    {
        output.Write("id: "u8);
        output.Write(cursor);
        output.Write("\n"u8);
    }

    private void WriteId(MessageFrame message, IBufferWriter<byte> output)
    {
        Span<byte> cursor = stackalloc byte[Cursor.MaxSingleLength];
        WriteCursor(cursor[..Cursor.Encode(message.Channel, message.Position, cursor)], output);
    }

    private static void WriteControl(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        output.Write("event: control\n"u8);
        WriteData(payload, output);
    }

    /// <summary>
    /// One line. A payload is as its publisher wrote it, and a line break in it, which in JSON is white space between tokens
    /// only, would end the field; so it becomes a space.
    /// </summary>
    private static void WriteData(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        output.Write("data: "u8);
        var line = output.GetSpan(payload.Length)[..payload.Length];
        payload.CopyTo(line);
        line.Replace((byte)'\n', (byte)' ');
        line.Replace((byte)'\r', (byte)' ');
        output.Advance(payload.Length);
        output.Write("\n\n"u8);
    }

    private static void WriteComment(ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        output.Write(": "u8);
        output.Write(name);
        output.Write(payload);
        output.Write("\n"u8);
    }

    private static void WriteRetry(int milliseconds, IBufferWriter<byte> output) =>
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {milliseconds}\n")));
}
