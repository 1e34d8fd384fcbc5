using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Writes the answers of Engine.IO's polling: with a length, and never from a cache.</summary>
internal static class EngineIoResponse
{
    /// <summary>Writes a whole answer.</summary>
    /// <returns>Whether the client was there; one that has gone is nobody's fault.</returns>
    public static async ValueTask<bool> WriteAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        try
        {
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
