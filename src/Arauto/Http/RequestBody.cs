using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Arauto.Options;
using Arauto.Protocol;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Reads JSON bodies: bounded before they are buffered, and with an error that says what is wrong.</summary>
internal sealed class RequestBody(ArautoOptions options)
{
    /// <summary>Reads a body, or answers the request with the error.</summary>
    /// <returns>The body, or <see langword="null"/> if the answer was written.</returns>
    public async ValueTask<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var limit = options.Limits.HttpBodyBytes;
        if (context.Request.ContentLength > limit) return await RefuseAsync<T>(context, TooLarge(limit)).ConfigureAwait(false);
        try
        {
            using var bounded = new MemoryStream();
            var buffer = new byte[8192];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
            {
                if (bounded.Length + read > limit) return await RefuseAsync<T>(context, TooLarge(limit)).ConfigureAwait(false);
                bounded.Write(buffer.AsSpan(0, read));
            }
            var bytes = bounded.GetBuffer().AsSpan(0, (int)bounded.Length);
            // The deserialiser leaves text that it passes over, such as a room's metadata, unchecked.
            if (!Utf8.IsValid(bytes)) return await RefuseAsync<T>(context, NotText).ConfigureAwait(false);
            if (JsonSerializer.Deserialize(bytes, type) is { } body) return body;
            return await RefuseAsync<T>(context, new ProtocolError(ErrorCode.InvalidMessage, "The body must be a JSON object.")).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            var where = string.IsNullOrEmpty(e.Path) || e.Path == "$" ? "" : $" at {e.Path[2..]}";
            return await RefuseAsync<T>(context, new ProtocolError(
                ErrorCode.InvalidMessage, $"The body is not the JSON expected here{where}, line {e.LineNumber + 1}.")).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // The reader's complaint about half of a surrogate pair.
            return await RefuseAsync<T>(context, NotText).ConfigureAwait(false);
        }
    }

    private static ProtocolError NotText { get; } = new(ErrorCode.InvalidMessage, "The body is not valid UTF-8, or holds half of a surrogate pair.");

    private static ProtocolError TooLarge(int limit) => new(ErrorCode.TooLarge, $"The body may have {limit} bytes (limits.httpBodyBytes).");

    private static async ValueTask<T?> RefuseAsync<T>(HttpContext context, ProtocolError error)
        where T : class
    {
        await ErrorResponse.WriteAsync(context, error).ConfigureAwait(false);
        return null;
    }
}
