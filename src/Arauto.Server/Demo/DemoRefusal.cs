using System.Globalization;
using Arauto.Protocol;

namespace Arauto.Server.Demo;

/// <summary>A refusal, in the shape of every error of the HTTP API.</summary>
/// <param name="Error">What is wrong.</param>
internal sealed record DemoRefusal(DemoError Error)
{
    /// <summary>Answers a request with an error.</summary>
    public static Task WriteAsync(HttpContext context, ProtocolError error)
    {
        Begin(context, error);
        var body = new DemoRefusal(new DemoError(error.Code.Word(), error.Message));
        return context.Response.WriteAsJsonAsync(body, DemoJson.Default.DemoRefusal, cancellationToken: context.RequestAborted);
    }

    /// <summary>Writes the part of the answer that stands before its body.</summary>
    public static void Begin(HttpContext context, ProtocolError error)
    {
        var response = context.Response;
        response.StatusCode = error.Code.Entry().HttpStatus;
        if (error.RetryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (response.StatusCode == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
    }
}
