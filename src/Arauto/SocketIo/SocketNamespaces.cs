using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Arauto.Connections;
using Arauto.Gateways;

namespace Arauto.SocketIo;

/// <summary>The namespaces of this node that somebody asked for. Safe for concurrent use.</summary>
internal sealed class SocketNamespaces(GatewayRegistry registry, NodeServices node)
{
    private readonly ConcurrentDictionary<string, SocketNamespace> _namespaces = new(StringComparer.Ordinal);

    /// <summary>Finds a namespace that is mapped.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SocketNamespace? ns)
    {
        if (_namespaces.TryGetValue(name, out ns)) return true;
        // Only names that are mapped are added, so that clients cannot fill the table.
        if (!registry.TryGet(name, out var definition)) return false;
        ns = _namespaces.GetOrAdd(name, static (_, state) => new SocketNamespace(state.definition, state.node), (definition, node));
        return true;
    }
}
