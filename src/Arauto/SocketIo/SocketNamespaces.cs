using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Arauto.Connections;
using Arauto.Gateways;
using Arauto.SocketIo.Cluster;

namespace Arauto.SocketIo;

/// <summary>The namespaces of this node that somebody asked for. Safe for concurrent use.</summary>
internal sealed class SocketNamespaces(GatewayRegistry registry, NodeServices node, SocketClusters clusters) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, SocketNamespace> _namespaces = new(StringComparer.Ordinal);

    /// <summary>Finds a namespace that is mapped.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SocketNamespace? ns)
    {
        if (_namespaces.TryGetValue(name, out ns)) return true;
        // Only names that are mapped are added, so that clients cannot fill the table.
        if (!registry.TryGet(name, out var definition)) return false;
        ns = Open(definition);
        return true;
    }

    /// <summary>Opens all that are mapped.</summary>
    public void OpenAll()
    {
        foreach (var definition in registry.All) Open(definition);
    }

    public void Dispose()
    {
        foreach (var ns in _namespaces.Values) ns.Cluster.Dispose();
    }

    /// <summary>Once each: a namespace that is open twice would answer other nodes twice.</summary>
    private SocketNamespace Open(NamespaceDefinition definition)
    {
        lock (_gate)
        {
            if (_namespaces.TryGetValue(definition.Name, out var ns)) return ns;
            ns = new SocketNamespace(definition, node, clusters);
            ns.Cluster.Start();
            return _namespaces[definition.Name] = ns;
        }
    }
}
