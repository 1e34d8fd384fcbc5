using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Arauto.Client.Tests.Scripting;

/// <summary>The server's end of one HTTP request, answered by hand.</summary>
internal sealed class Exchange(HttpContext context, string body)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public string Method { get; } = context.Request.Method;

    public string Path { get; } = context.Request.Path;

    public string? Authorization { get; } = context.Request.Headers.Authorization;

    public IReadOnlyDictionary<string, string> Query { get; } = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    public string[] Channels => Query["channels"].Split(',');

    public string[] Since => Query.TryGetValue("since", out var since) ? since.Split(',') : [];

    public JsonElement Body => JsonSerializer.Deserialize<JsonElement>(body);

    /// <summary>Fires when the client has given the request up.</summary>
    public CancellationToken Aborted { get; } = context.RequestAborted;

    public async Task AnswerAsync(string json, int status = 200, string type = "application/json", int? retryAfter = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        await context.Response.WriteAsync(json, TestContext.Current.CancellationToken);
        End();
    }

    public Task RefuseAsync(int status, string code, int? retryAfter = null) => AnswerAsync($$$"""{"error":{"code":"{{{code}}}","message":"No."}}""", status, retryAfter: retryAfter);

    public Task NoContentAsync()
    {
        context.Response.StatusCode = 204;
        End();
        return Task.CompletedTask;
    }

    /// <summary>Answers a poll.</summary>
    public Task AnswerPollAsync(string cursor, string[]? messages = null, string[]? gaps = null, string[]? events = null) => AnswerAsync(
        $$"""{"cursor":"{{cursor}}","messages":[{{string.Join(',', messages ?? [])}}]{{List("gaps", gaps)}}{{List("events", events)}}}""");

    /// <summary>Sends the head of an event stream and nothing else, as a proxy that buffers does.</summary>
    public async Task SendHeadAsync()
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync(TestContext.Current.CancellationToken);
        await context.Response.Body.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Begins an event stream as the server does.</summary>
    public async Task GreetAsync(string cursor, int interval = 30, int timeout = 90)
    {
        await SendHeadAsync();
        await WriteAsync($$$"""
            id: {{{cursor}}}
            : connected {"type":"connected","connection":"s1","user":"alice","node":"n2","heartbeat":{"interval":{{{interval}}},"timeout":{{{timeout}}}}}
            retry: 1000


            """);
    }

    public Task SendMessageAsync(string channel, long offset, string cursor) => SendAsync(Peer.MessageJson(channel, offset), cursor);

    public Task SendAsync(string frame, string? cursor = null) => WriteAsync($"{(cursor is null ? "" : $"id: {cursor}\n")}data: {frame}\n\n");

    public Task ControlAsync(string frame) => WriteAsync($"event: control\ndata: {frame}\n\n");

    public async Task WriteAsync(string text)
    {
        await context.Response.WriteAsync(text.ReplaceLineEndings("\n"), Encoding.UTF8, TestContext.Current.CancellationToken);
        await context.Response.Body.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the answer.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Drops the connection without a word.</summary>
    public void Cut()
    {
        if (_ended.Task.IsCompleted) return;
        context.Abort();
        End();
    }

    private static string List(string name, string[]? frames) => frames is null ? "" : $",\"{name}\":[{string.Join(',', frames)}]";
}
