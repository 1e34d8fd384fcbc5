using System.Globalization;
using Arauto.Protocol;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>An error as an HTTP answer: the status of its catalogue entry, <c>{"error":{"code","message"}}</c>, and <c>Retry-After</c> where waiting helps.</summary>
/// <param name="Error">Code and message.</param>
internal sealed record ErrorResponse(ErrorBody Error)
{
    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, ProtocolError error)
    {
        context.Response.StatusCode = error.Code.Entry().HttpStatus;
        if (error.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (error.Code is ErrorCode.Unauthorized or ErrorCode.TokenExpired or ErrorCode.TokenRevoked) context.Response.Headers.WWWAuthenticate = "Bearer";
        var body = new ErrorResponse(new ErrorBody(error.Code.Word(), error.Message, error.RetryAfter?.TotalSeconds));
        return context.Response.WriteAsJsonAsync(body, ApiJson.Wire.ErrorResponse, cancellationToken: context.RequestAborted);
    }
}

/// <summary>What is wrong.</summary>
/// <param name="Code">The catalogue's word.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
/// <param name="RetryAfter">Seconds to wait before the next try.</param>
internal sealed record ErrorBody(string Code, string Message, double? RetryAfter);
