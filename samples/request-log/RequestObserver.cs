using System.Diagnostics;

namespace Arauto.Samples.RequestLog;

/// <summary>Makes a line of every request but those of the log's own pages, which would each make another.</summary>
internal sealed class RequestObserver(RequestDelegate next, RequestFeed feed, TimeProvider time)
{
    private const int MaxPath = 300;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/socket.io"))
        {
            await next(context);
            return;
        }
        var (came, started) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        finally
        {
            feed.Add(new RequestLine(feed.NextNumber(), came, request.Method, Describe(request), status, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1)));
        }
    }

    private static string Describe(HttpRequest request)
    {
        var names = string.Join('&', request.Query.Keys.Select(name => $"{Uri.EscapeDataString(name)}=…"));
        var text = names.Length == 0 ? request.Path.ToUriComponent() : $"{request.Path.ToUriComponent()}?{names}";
        return text.Length <= MaxPath ? text : $"{text[..MaxPath]}…";
    }
}
