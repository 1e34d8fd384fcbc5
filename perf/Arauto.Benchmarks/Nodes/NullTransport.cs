using Arauto.Protocol;
using Arauto.Transports;
using Arauto.Transports.WebSockets;

namespace Arauto.Benchmarks.Nodes;

/// <summary>Takes everything at once and writes nothing, so that only the code above the socket is measured.</summary>
internal sealed class NullTransport(SendCounter? counter = null) : ITransport
{
    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.WebSocket;

    /// <inheritdoc/>
    public Framing Framing { get; } = WebSocketFraming.Get(binary: false, deflate: false);

    /// <inheritdoc/>
    public bool HearsPeer => true;

    /// <inheritdoc/>
    public bool IsClosed { get; private set; }

    /// <summary>Frames taken so far.</summary>
    public int Frames { get; private set; }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        Frames += frames.Length;
        counter?.Count(frames.Length);
        return true;
    }

    /// <inheritdoc/>
    public void Ping()
    {
    }

    /// <inheritdoc/>
    public void Close(CloseCode code, string reason) => IsClosed = true;
}
