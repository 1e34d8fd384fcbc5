using Arauto.Metrics;
using Arauto.Protocol.Frames;

namespace Arauto.Backplanes.SingleNode;

/// <summary>The backplane of a node without others: with this node's own feeds told, everybody is.</summary>
internal sealed class SingleNodeBackplane(ArautoMetrics metrics) : IBackplane
{
    /// <inheritdoc/>
    public string? Name => null;

    /// <inheritdoc/>
    public string? Trouble => null;

    /// <inheritdoc/>
    public ValueTask StartAsync(IHintReceiver receiver, CancellationToken cancellationToken)
    {
        metrics.WatchBackplane(static () => true, static () => 0);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public Fanout Send(MessageFrame message) => Fanout.Full;

    /// <inheritdoc/>
    public Fanout Hinted() => Fanout.Full;

    /// <inheritdoc/>
    public void SendEphemeral(string channel, ServerFrame frame)
    {
        // This node's own feed has it.
    }

    /// <inheritdoc/>
    public void Listen(string channel)
    {
        // Nobody will tell anything.
    }

    /// <inheritdoc/>
    public void Forget(string channel)
    {
        // Nobody will tell anything.
    }
}
