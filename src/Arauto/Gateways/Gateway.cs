using Arauto.Gateways.Binding;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Gateways;

/// <summary>
/// Code that answers the events of one namespace: derive from it, put <see cref="EventAttribute"/> on methods, and map it
/// with <c>MapGateway</c>.
/// </summary>
/// <remarks>
/// Each event and each step of a socket's life gets an instance of its own, made with the services of a scope of its own and
/// disposed with it. So a field does not outlast an event: keep what belongs to a client in <see cref="Socket.Data"/>, and
/// what belongs to all in a singleton. The handlers of one socket run one after the other.
/// </remarks>
public abstract class Gateway
{
    private HandlerCall? _call;
    private string? _namespace;

    /// <summary>The client whose event it is.</summary>
    /// <exception cref="InvalidOperationException">There is none: the method handles a server's event, or runs in a constructor.</exception>
    public Socket Socket => _call?.Socket ?? throw new InvalidOperationException(
        "There is no socket here: constructors run before it is known, and events of servers come from no client. Clients reaches everybody in the namespace.");

    /// <summary>Everybody in the namespace, on all nodes; the caller too.</summary>
    public Emitter Clients => _call is null
        ? throw new InvalidOperationException("Constructors run before the namespace is known.")
        : _call.Services.GetRequiredService<SocketServer>().Of(_namespace!);

    /// <summary>A client wants to enter. <see cref="ConnectContext.Refuse"/> turns it away; so does an exception.</summary>
    /// <param name="context">The client and what it brought.</param>
    public virtual ValueTask OnConnectingAsync(ConnectContext context) => default;

    /// <summary>The client is in, and has been told so. Its events are handled after this.</summary>
    public virtual ValueTask OnConnectedAsync() => default;

    /// <summary>The client goes, and is still in its rooms.</summary>
    /// <param name="reason">Why, in the words of Socket.IO, such as <c>transport close</c>.</param>
    public virtual ValueTask OnDisconnectingAsync(string reason) => default;

    /// <summary>The client is gone, and out of its rooms.</summary>
    /// <param name="reason">Why, in the words of Socket.IO, such as <c>transport close</c>.</param>
    public virtual ValueTask OnDisconnectedAsync(string reason) => default;

    internal void Attach(HandlerCall call, string @namespace) => (_call, _namespace) = (call, @namespace);
}
