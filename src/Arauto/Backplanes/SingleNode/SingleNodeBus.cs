using System.Buffers.Text;
using System.Security.Cryptography;

namespace Arauto.Backplanes.SingleNode;

/// <summary>The bus of a node without others.</summary>
internal sealed class SingleNodeBus : INodeBus
{
    /// <inheritdoc/>
    public string Self { get; } = DrawName();

    /// <summary>Draws a name.</summary>
    public static string DrawName() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6))[..INodeBus.NameLength];

    /// <inheritdoc/>
    public void Handle(NodeMessageKind kind, Action<NodeMessage> handler)
    {
        // Nobody will call.
    }

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(string node, NodeMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc/>
    public bool Broadcast(NodeMessageKind kind, ReadOnlyMemory<byte> body) => true;
}
