using System.Globalization;
using System.Text;
using System.Text.Json;
using Arauto.Protocol;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Why an Engine.IO request is refused, as the protocol says it: <c>{"code","message"}</c>, and to a WebSocket's handshake the message alone.</summary>
/// <param name="Code">The protocol's number.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record EngineIoErrorResponse(int Code, string Message)
{
    private int Status { get; init; } = StatusCodes.Status400BadRequest;

    private TimeSpan? RetryAfter { get; init; }

    /// <summary>A refusal in the protocol's own words.</summary>
    public static EngineIoErrorResponse From(EngineIoError error) => new((int)error, error switch
    {
        EngineIoError.UnknownTransport => "Transport unknown",
        EngineIoError.UnknownSession => "Session ID unknown",
        EngineIoError.BadHandshakeMethod => "Bad handshake method",
        EngineIoError.BadRequest => "Bad request",
        EngineIoError.Forbidden => "Forbidden",
        EngineIoError.UnsupportedProtocolVersion => "Unsupported protocol version",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    })
    {
        Status = error == EngineIoError.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest,
    };

    /// <summary>The application's refusal.</summary>
    public static EngineIoErrorResponse Forbidden(string message) => From(EngineIoError.Forbidden) with { Message = message };

    /// <summary>A refusal because of the node's limits, with the status of the catalogue.</summary>
    public static EngineIoErrorResponse From(ProtocolError error) =>
        Forbidden(error.Message) with { Status = error.Code.Entry().HttpStatus, RetryAfter = error.RetryAfter };

    /// <summary>Answers an ordinary request.</summary>
    public Task WriteAsync(HttpContext context)
    {
        Begin(context, Status);
        return EngineIoResponse.WriteAsync(context, "application/json", JsonSerializer.SerializeToUtf8Bytes(this, ApiJson.Wire.EngineIoErrorResponse)).AsTask();
    }

    /// <summary>Answers a WebSocket's handshake.</summary>
    public Task WriteTextAsync(HttpContext context)
    {
        // As the reference server does it; only a refusal that says when to come back keeps its status.
        Begin(context, RetryAfter is null ? StatusCodes.Status400BadRequest : Status);
        return EngineIoResponse.WriteAsync(context, "text/html", Encoding.UTF8.GetBytes(Message)).AsTask();
    }

    private void Begin(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }
}
