namespace Arauto.Backplanes.SingleNode;

/// <summary>The bus of a node without others.</summary>
internal sealed class SingleNodeBus : INodeBus
{
    /// <inheritdoc/>
    public event Action? Missed
    {
        add
        {
            // Nothing is ever missed.
        }

        remove
        {
        }
    }

    /// <inheritdoc/>
    public string Self { get; } = NodeName.Draw();

    /// <inheritdoc/>
    public void Handle(NodeMessageKind kind, Action<NodeMessage> handler)
    {
        // Nobody will call.
    }

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(string node, NodeMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc/>
    public ValueTask<bool> BroadcastAsync(NodeMessageKind kind, ReadOnlyMemory<byte> body) => ValueTask.FromResult(true);
}
