using Arauto.Gateways;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto;

/// <summary>Puts gateways into an ASP.NET Core application: code that answers the events of clients.</summary>
public static class GatewayEndpoints
{
    /// <summary>Maps a class to a namespace. Needs <c>AddArauto</c>.</summary>
    /// <typeparam name="TGateway">The class.</typeparam>
    /// <param name="endpoints">The application.</param>
    /// <param name="name">The namespace, such as <c>/documents</c>; <c>/</c> is the one that clients enter by default.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The namespace, for filters and handlers without a class.</returns>
    /// <exception cref="ArgumentException">No namespace or event can have the name.</exception>
    /// <exception cref="InvalidOperationException">The class or one of its handlers cannot be used, an event has two handlers, or the namespace is mapped already; the message says which and why.</exception>
    public static GatewayBuilder MapGateway<TGateway>(this IEndpointRouteBuilder endpoints, string name, Action<GatewayOptions>? configure = null)
        where TGateway : Gateway => Map(endpoints, name, configure, static builder => builder.Add(typeof(TGateway)));

    /// <summary>Maps a namespace whose handlers are delegates. Needs <c>AddArauto</c>.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="name">The namespace, such as <c>/chat</c>; <c>/</c> is the one that clients enter by default.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The namespace, for its handlers.</returns>
    /// <exception cref="ArgumentException">No namespace can have the name.</exception>
    /// <exception cref="InvalidOperationException">The namespace is mapped already.</exception>
    public static GatewayBuilder MapGateway(this IEndpointRouteBuilder endpoints, string name, Action<GatewayOptions>? configure = null) => Map(endpoints, name, configure, null);

    /// <summary>
    /// Maps the node's channels to a namespace, for Socket.IO clients that want no code on the server: the events
    /// <c>subscribe</c>, <c>unsubscribe</c>, <c>publish</c> and <c>history</c>, with the rights and limits of the native
    /// protocol. Needs <c>AddArauto</c>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="name">The namespace.</param>
    /// <returns>The namespace, for filters and further handlers.</returns>
    /// <exception cref="InvalidOperationException">The namespace is mapped already.</exception>
    public static GatewayBuilder MapChannelGateway(this IEndpointRouteBuilder endpoints, string name = "/") => endpoints.MapGateway<ChannelGateway>(name);

    private static GatewayBuilder Map(IEndpointRouteBuilder endpoints, string name, Action<GatewayOptions>? configure, Action<GatewayBuilder>? fill)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var registry = endpoints.ServiceProvider.GetService<GatewayRegistry>()
            ?? throw new InvalidOperationException("Gateways need a node; call AddArauto on the services first.");
        var options = new GatewayOptions();
        configure?.Invoke(options);
        var builder = new GatewayBuilder(name, options, endpoints.ServiceProvider);
        fill?.Invoke(builder);
        registry.Add(builder);
        return builder;
    }
}
