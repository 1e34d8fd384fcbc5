using Arauto.Auth;
using Arauto.Server.Demo.Map;
using Microsoft.Net.Http.Headers;

namespace Arauto.Server.Demo;

/// <summary>
/// The demo of development mode: the chat at <c>/</c>, the live map at <c>/map</c>, their files and the map's service
/// under <c>/demo</c>, and tokens for the asking at <c>/dev/token</c>.
/// </summary>
internal static class DemoEndpoints
{
    /// <summary>
    /// Only what the page itself brings may run. <c>ws:</c> and <c>wss:</c> stand beside <c>'self'</c> since not every
    /// browser counts a WebSocket to the page's own host as <c>'self'</c>.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the demo; needs <c>AddDemo</c>. Whoever reaches it can be anybody, so call it in development mode only.</summary>
    /// <exception cref="InvalidOperationException">The node has no secret to sign tokens with.</exception>
    public static void MapDemo(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var tokens = new DevelopmentTokenEndpoint(services.GetRequiredService<TokenIssuer>());
        endpoints.MapPost("/dev/token", tokens.IssueAsync).ExcludeFromDescription();
        services.GetRequiredService<MapEndpoints>().Map(endpoints);
        foreach (var file in PageFile.LoadAll())
            endpoints.MapMethods(file.Path, [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, file)).ExcludeFromDescription();
    }

    private static Task ServeAsync(HttpContext context, PageFile file)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: new EntityTagHeaderValue(file.EntityTag)).ExecuteAsync(context);
    }
}
