using Arauto.Logs;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Writes a page of history; each message exactly as subscribers get it.</summary>
internal static class MessagesWriter
{
    public static async Task WriteAsync(HttpContext context, string channel, HistoryResult page)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(HistoryJson.Write(channel, page), context.RequestAborted).ConfigureAwait(false);
    }
}
