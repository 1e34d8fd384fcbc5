namespace Arauto.SocketIo.Cluster;

/// <summary>How this node signs what it says to the nodes of Socket.IO, and how the nodes that read the same logs are told from all others.</summary>
/// <remarks>
/// Node.js servers draw names without colons (6 characters, or 16 hexadecimal digits), and the emitter is called
/// <c>emitter</c>; so a name with our beginning is never one of theirs. An event that has its place in the logs is signed
/// with <see cref="Logged"/>: who reads those logs gets it there, and leaves this copy to those who do not.
/// </remarks>
internal sealed class NodeMark
{
    private readonly string _loggedHere;

    /// <param name="logs">What tells nodes with the same logs from nodes with others: the prefix of their keys.</param>
    /// <param name="node">The name of this life of this node.</param>
    public NodeMark(string logs, string node)
    {
        Self = $"arauto:{logs}:{node}";
        _loggedHere = $"arauto-log:{logs}:";
        Logged = _loggedHere + node;
    }

    /// <summary>This node.</summary>
    public string Self { get; }

    /// <summary>This node, for an event that is in the logs.</summary>
    public string Logged { get; }

    /// <summary>Whether a message is nothing for this node: its own, or an event that it gets by the logs.</summary>
    public bool IsKnown(string sender) => sender == Self || (sender.StartsWith(_loggedHere, StringComparison.Ordinal) && sender.LastIndexOf(':') == _loggedHere.Length - 1);
}
