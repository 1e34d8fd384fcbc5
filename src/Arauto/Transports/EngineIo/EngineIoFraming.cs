using System.Buffers;
using Arauto.Protocol.Frames;
using Arauto.Transports.WebSockets;

namespace Arauto.Transports.EngineIo;

/// <summary>What codecs write for a session are whole WebSocket frames already, since one packet may be several. Those stay as they are, or are compressed for sessions that can.</summary>
internal sealed class EngineIoFraming : Framing
{
    private readonly bool _deflates;

    private EngineIoFraming(bool deflates) => _deflates = deflates;

    /// <summary>Frames as they are; over polling they are translated when they are fetched.</summary>
    public static EngineIoFraming Plain { get; } = new(deflates: false);

    /// <summary>Frames for a WebSocket on which permessage-deflate was negotiated.</summary>
    public static EngineIoFraming Deflated { get; } = new(deflates: true);

    /// <inheritdoc/>
    public override void Write(ServerFrame frame, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (!_deflates || EnvelopeOf(frame) is { IsUncompressed: true })
        {
            output.Write(payload);
            return;
        }
        var frames = new EngineIoFrameReader(payload);
        while (frames.TryNext(out var isBinary, out var message)) WebSocketFraming.Get(isBinary, deflate: true).Write(frame, message, output);
    }

    private static MessageEnvelope? EnvelopeOf(ServerFrame frame) => frame switch
    {
        MessageFrame message => message.Envelope,
        EphemeralEventFrame ephemeral => ephemeral.Envelope,
        _ => null,
    };
}
