using Arauto.Connections;
using Arauto.Gateways;
using Arauto.Options;
using Arauto.SocketIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto;

/// <summary>Puts Socket.IO addresses into an ASP.NET Core application.</summary>
public static class SocketIoEndpoints
{
    /// <summary>Where clients look when they are told no path.</summary>
    public const string DefaultPath = "/socket.io/";

    /// <summary>Maps Socket.IO (protocol version 5 over Engine.IO version 4: client libraries 3 and 4) at a path. Needs <c>AddArauto</c>; namespaces are those of <c>MapGateway</c>.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="path">The exact path, with its slash at the end.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the path is none.</exception>
    /// <exception cref="InvalidOperationException"><c>AddArauto</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSocketIo(this IEndpointRouteBuilder endpoints, string path = DefaultPath, Action<SocketIoOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = new SocketIoOptions();
        configure?.Invoke(options);
        if (OptionsValidation.FindProblems(options) is [var problem, ..]) throw new ArgumentException(problem.ToString(), nameof(configure));
        var services = endpoints.ServiceProvider;
        var namespaces = services.GetService<SocketNamespaces>() ?? throw new InvalidOperationException("Socket.IO needs a node; call AddArauto on the services first.");
        var server = new SocketIoServer(
            options, namespaces, services.GetRequiredService<NodeServices>(), services.GetRequiredService<LaneSet>(), services.GetRequiredService<ILogger<SocketIoServer>>());
        return endpoints.MapEngineIo(path, options.Engine, server);
    }
}
