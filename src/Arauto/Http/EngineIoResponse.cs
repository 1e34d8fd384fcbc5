using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Writes the answers of Engine.IO's polling: with a length, and never from a cache.</summary>
internal static class EngineIoResponse
{
    /// <summary>Writes a whole answer.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public static Task WriteAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
