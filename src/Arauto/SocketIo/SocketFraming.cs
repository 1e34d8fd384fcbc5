using System.Buffers;
using Arauto.Protocol.Frames;
using Arauto.Transports;

namespace Arauto.SocketIo;

/// <summary>What the codec writes are whole WebSocket frames already, since one packet may be several; over polling they are translated when they are fetched.</summary>
internal sealed class SocketFraming : Framing
{
    private SocketFraming()
    {
    }

    /// <summary>The framing; it has no state.</summary>
    public static SocketFraming Instance { get; } = new();

    /// <inheritdoc/>
    public override void Write(ServerFrame frame, ReadOnlySpan<byte> payload, IBufferWriter<byte> output) => output.Write(payload);
}
