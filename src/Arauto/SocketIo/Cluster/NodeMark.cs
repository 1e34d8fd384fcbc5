namespace Arauto.SocketIo.Cluster;

/// <summary>How this node signs what it says to other servers, and how those of our own cluster are told from all others.</summary>
/// <remarks>
/// Node.js servers draw names without colons (6 characters, or 16 hexadecimal digits), and the emitter is called
/// <c>emitter</c>; so a name with our beginning is never one of theirs. An event, which our
/// nodes tell each other by the logs and the backplane, is signed with <see cref="Copy"/>, so that they leave it to the others.
/// </remarks>
internal sealed class NodeMark
{
    private readonly string _copies;

    /// <param name="cluster">What nodes of one cluster have in common, and others have not: the prefix of their keys.</param>
    /// <param name="node">The name of this life of this node.</param>
    public NodeMark(string cluster, string node)
    {
        Self = $"arauto:{cluster}:{node}";
        _copies = $"arauto-copy:{cluster}:";
        Copy = _copies + node;
    }

    /// <summary>This node.</summary>
    public string Self { get; }

    /// <summary>This node, for what our nodes know without it.</summary>
    public string Copy { get; }

    /// <summary>Whether a message is nothing for this node: its own, or one that it gets otherwise.</summary>
    public bool IsKnown(string sender) => sender == Self || (sender.StartsWith(_copies, StringComparison.Ordinal) && sender.LastIndexOf(':') == _copies.Length - 1);
}
