using Arauto.EngineIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Arauto;

/// <summary>Puts Engine.IO addresses into an ASP.NET Core application.</summary>
public static class EngineIoEndpoints
{
    /// <summary>Maps Engine.IO version 4 at a path. Needs <c>AddArauto</c>.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="path">The exact path, with its slash at the end: <c>/engine.io/</c>.</param>
    /// <param name="options">How it behaves; not changed afterwards.</param>
    /// <param name="handler">What happens to the sessions.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the path is none.</exception>
    public static IEndpointConventionBuilder MapEngineIo(this IEndpointRouteBuilder endpoints, string path, EngineIoOptions options, IEngineIoHandler handler) =>
        throw new NotImplementedException();
}
