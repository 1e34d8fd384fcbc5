namespace Arauto.Connections;

/// <summary>Whether the node takes new work. Safe for concurrent use.</summary>
internal sealed class NodeLifetime
{
    private volatile bool _draining;

    /// <summary>Whether the node is about to go: not ready, no new connections.</summary>
    public bool IsDraining => _draining;

    /// <summary>Says that the node is about to go.</summary>
    public void BeginDrain() => _draining = true;
}
