using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Arauto.Gateways;

/// <summary>The namespaces of a node. Safe for concurrent use.</summary>
/// <remarks>What is mapped stays open until the first client asks, so that handlers may be added in any order while the application starts.</remarks>
internal sealed class GatewayRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GatewayBuilder> _builders = new(StringComparer.Ordinal);
    private FrozenDictionary<string, NamespaceDefinition>? _definitions;

    /// <summary>Adds a namespace.</summary>
    /// <exception cref="InvalidOperationException">It is there already, or clients are served already.</exception>
    public void Add(GatewayBuilder builder)
    {
        lock (_gate)
        {
            if (_definitions is not null) throw new InvalidOperationException($"Clients are served already; map {builder.Namespace} before the application starts.");
            if (!_builders.TryAdd(builder.Namespace, builder)) throw new InvalidOperationException($"The namespace {builder.Namespace} is mapped twice; put all its handlers into one place.");
        }
    }

    /// <summary>All namespaces.</summary>
    public IReadOnlyList<NamespaceDefinition> All => (_definitions ?? Freeze()).Values;

    /// <summary>Finds a namespace by its exact name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out NamespaceDefinition? definition) => (_definitions ?? Freeze()).TryGetValue(name, out definition);

    private FrozenDictionary<string, NamespaceDefinition> Freeze()
    {
        lock (_gate) return _definitions ??= _builders.Values.Select(static builder => builder.Build()).ToFrozenDictionary(static definition => definition.Name, StringComparer.Ordinal);
    }
}
