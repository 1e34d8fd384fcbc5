namespace Arauto.Backplanes;

/// <summary>Node-to-node messages that are no channel's: to one node or to all others. Best effort; who needs an answer asks again. Safe for concurrent use.</summary>
internal interface INodeBus
{
    /// <summary>The length of <see cref="Self"/>.</summary>
    const int NameLength = 6;

    /// <summary>The name of this life of this node: six characters of the URL-safe base64 alphabet, drawn at start.</summary>
    string Self { get; }

    /// <summary>Raised when messages may have been missed up to now. Handlers start their work and return.</summary>
    event Action? Missed;

    /// <summary>Takes messages of a kind from now on. One handler per kind; called one after the other, must be quick, not block and not throw.</summary>
    void Handle(NodeMessageKind kind, Action<NodeMessage> handler);

    /// <summary>Sends to one node.</summary>
    /// <returns>Whether that node was there to take it; <see langword="false"/> also if nobody can be told now.</returns>
    ValueTask<bool> SendAsync(string node, NodeMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Sends to all other nodes.</summary>
    /// <returns>Whether the message could be handed over; a node that does not hear at this moment has <see cref="Missed"/> it.</returns>
    ValueTask<bool> BroadcastAsync(NodeMessageKind kind, ReadOnlyMemory<byte> body);
}
