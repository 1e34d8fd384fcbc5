using Arauto.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Arauto.Http;

/// <summary>Which pages may use an Engine.IO address, and what their browsers are told (WHATWG Fetch, "CORS protocol"). Immutable.</summary>
/// <remarks>Not ASP.NET Core's middleware, since each address has origins of its own and refusals carry the headers too.</remarks>
internal sealed class EngineIoCors(OriginPolicy origins, ClientAddress addresses)
{
    /// <summary>Whether a page of the request's origin, if it comes from a page, may use the address.</summary>
    public bool IsAllowed(HttpContext context) => origins.IsAllowed(context.Request.Headers.Origin, addresses.SchemeOf(context), context.Request.Host.Value);

    /// <summary>Says in the answer, whatever it will be, whether the page may read it.</summary>
    public void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (origins.AllowsAny)
        {
            headers.AccessControlAllowOrigin = "*";
            return;
        }
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin] || !IsAllowed(context)) return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
    }

    /// <summary>Whether the request is a browser's question before the real one.</summary>
    public bool IsPreflight(HttpRequest request) => HttpMethods.IsOptions(request.Method) && (origins.AllowsAny || request.Headers.Origin.Count > 0);

    /// <summary>Answers such a question; without an allowed origin the browser takes it as no.</summary>
    public static void AnswerPreflight(HttpContext context)
    {
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (headers.AccessControlAllowOrigin.Count == 0) return;
        headers.AccessControlAllowMethods = "GET,POST";
        headers.AccessControlMaxAge = "600";
        if (context.Request.Headers.AccessControlRequestHeaders is not { Count: > 0 } asked) return;
        headers.AccessControlAllowHeaders = asked;
        headers.Append(HeaderNames.Vary, HeaderNames.AccessControlRequestHeaders);
    }
}
