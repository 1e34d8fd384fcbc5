using Arauto.Protocol.Frames;

namespace Arauto.Backplanes.SingleNode;

/// <summary>The backplane of a node without others: with this node's own feeds told, everybody is.</summary>
internal sealed class SingleNodeBackplane : IBackplane
{
    /// <inheritdoc/>
    public Fanout Send(MessageFrame message) => Fanout.Full;
}
