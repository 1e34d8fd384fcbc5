using Arauto.Auth;
using Arauto.EngineIo;
using Arauto.Http;
using Arauto.Options;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto;

/// <summary>Puts Engine.IO addresses into an ASP.NET Core application.</summary>
public static class EngineIoEndpoints
{
    /// <summary>Maps Engine.IO version 4 at a path. Needs <c>AddArauto</c>.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="path">The exact path, with its slash at the end: <c>/engine.io/</c>.</param>
    /// <param name="options">How it behaves; not changed afterwards.</param>
    /// <param name="handler">What happens to the sessions.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the path has no slash at its end; the message says which.</exception>
    public static IEndpointConventionBuilder MapEngineIo(this IEndpointRouteBuilder endpoints, string path, EngineIoOptions options, IEngineIoHandler handler)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(handler);
        if (OptionsValidation.FindProblems(options) is [var problem, ..]) throw new ArgumentException(problem.ToString(), nameof(options));
        if (!path.EndsWith('/')) throw new ArgumentException($"\"{path}\" must end with a slash.", nameof(path));
        var services = endpoints.ServiceProvider;
        var node = services.GetRequiredService<ArautoOptions>();
        var origins = options.Origins.Count == 0 ? services.GetRequiredService<OriginPolicy>() : new OriginPolicy(options.Origins, node.Development);
        var mount = new EngineIoMount(
            services.GetRequiredService<EngineIoNode>(), path, options, handler, services.GetRequiredService<ILogger<EngineIoSession>>());
        var endpoint = ActivatorUtilities.CreateInstance<EngineIoEndpoint>(services, mount, new EngineIoCors(origins, services.GetRequiredService<ClientAddress>()));
        return endpoints.Map(path, (RequestDelegate)endpoint.HandleAsync).ExcludeFromDescription();
    }
}
