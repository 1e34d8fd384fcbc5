using Arauto.SocketIo;

namespace Arauto.Gateways;

/// <summary>The way to the sockets for code that is no handler. Registered as a singleton; safe for concurrent use.</summary>
public sealed class SocketServer
{
    private readonly SocketNamespaces _namespaces;

    internal SocketServer(SocketNamespaces namespaces) => _namespaces = namespaces;

    /// <summary>Everybody in a namespace.</summary>
    /// <exception cref="InvalidOperationException">The namespace is not mapped.</exception>
    public Emitter Of(string ns) => new(Find(ns));

    /// <summary>Everybody in a room of the namespace <c>/</c>.</summary>
    /// <exception cref="InvalidOperationException">The namespace <c>/</c> is not mapped.</exception>
    public Emitter To(string room) => Of("/").To(room);

    /// <summary>Everybody in the namespace <c>/</c> but those in a room.</summary>
    /// <exception cref="InvalidOperationException">The namespace <c>/</c> is not mapped.</exception>
    public Emitter Except(string room) => Of("/").Except(room);

    /// <summary>Emits to everybody in the namespace <c>/</c>. See <see cref="Emitter.EmitAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">The namespace <c>/</c> is not mapped.</exception>
    public ValueTask EmitAsync(string name, params ReadOnlySpan<object?> args) => Of("/").EmitAsync(name, args);

    /// <summary>Raises an event for the handlers of servers (<see cref="ServerEventAttribute"/>) in a namespace, on this server and all others. On this one they have run when the task completes.</summary>
    /// <exception cref="InvalidOperationException">The namespace is not mapped.</exception>
    /// <exception cref="ClusterUnavailableException">Other servers cannot be told now.</exception>
    /// <exception cref="EmitRefusedException">It is larger than other servers take.</exception>
    public ValueTask ServerSideEmitAsync(string ns, string name, params ReadOnlySpan<object?> args)
    {
        var found = Find(ns);
        return found.ServerSideEmitAsync(name, found.Arguments(name, args));
    }

    /// <summary>As <see cref="ServerSideEmitAsync"/>, and collects what the handlers return, for the time of <see cref="SocketClusterOptions.RequestsTimeoutSeconds"/>.</summary>
    /// <returns>One entry per server, this one's first: the returned value, or nothing where nobody handles the event.</returns>
    /// <exception cref="InvalidOperationException">The namespace is not mapped.</exception>
    /// <exception cref="AckTimeoutException">Some servers did not answer in time; the answers of the others are in it.</exception>
    /// <exception cref="ClusterUnavailableException">Other servers cannot be asked now.</exception>
    /// <exception cref="EmitRefusedException">It is larger than other servers take.</exception>
    public Task<IReadOnlyList<EventArguments>> ServerSideEmitWithAckAsync(string ns, string name, params ReadOnlySpan<object?> args)
    {
        var found = Find(ns);
        return found.ServerSideEmitWithAckAsync(name, found.Arguments(name, args));
    }

    private SocketNamespace Find(string ns) => _namespaces.TryGet(ns, out var found)
        ? found
        : throw new InvalidOperationException($"The namespace \"{ns}\" is not mapped; call MapGateway for it.");
}
