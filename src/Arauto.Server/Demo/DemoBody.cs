using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Arauto.Protocol;

namespace Arauto.Server.Demo;

/// <summary>Reads small JSON bodies: bounded before they are buffered, and with an error that shows what is expected.</summary>
internal static class DemoBody
{
    /// <summary>Reads a body, or answers the request with the error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">What is expected.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="example">A body that would do.</param>
    /// <returns>The body, or <see langword="null"/> if the answer was written.</returns>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int limit, string example)
        where T : class
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(limit + 1, context.RequestAborted);
        if (read.Buffer.Length > limit)
        {
            reader.AdvanceTo(read.Buffer.End);
            await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.TooLarge, $"The body may have {limit} bytes."));
            return null;
        }
        var body = Parse(read.Buffer, type);
        reader.AdvanceTo(read.Buffer.End);
        if (body is null) await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, $"The body must be JSON such as {example}"));
        return body;
    }

    private static T? Parse<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.ToArray(), type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException is the reader's complaint about half a surrogate pair.
        }
    }
}
