using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Arauto.Client.Tests.Scripting;

/// <summary>The server's end of one connection.</summary>
internal sealed class Peer(WebSocket socket, HttpContext context)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[256 * 1024];

    public Task Ended => _ended.Task;

    public string? Authorization { get; } = context.Request.Headers.Authorization;

    public string Query { get; } = context.Request.QueryString.Value ?? "";

    public Task SendAsync(string frame) => socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    /// <summary>The client's next frame; fails the test if it has another type.</summary>
    public async Task<JsonElement> ExpectAsync(string type)
    {
        var frame = await ReceiveAsync();
        Assert.True(frame is not null, $"The client closed where {type} was due.");
        Assert.Equal(type, frame.Value.GetProperty("type").GetString());
        return frame.Value;
    }

    /// <summary>The client's next frame, or <see langword="null"/> at its close.</summary>
    public async Task<JsonElement?> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var result = await socket.ReceiveAsync(_buffer.AsMemory(), deadline.Token);
        if (result.MessageType == WebSocketMessageType.Close) return null;
        Assert.True(result.EndOfMessage);
        return JsonSerializer.Deserialize<JsonElement>(_buffer.AsSpan(0, result.Count));
    }

    /// <summary>Answers a subscribe: the subscription goes on after <paramref name="offset"/>.</summary>
    public async Task<JsonElement> AcceptSubscriptionAsync(long offset, bool resumed = false)
    {
        var command = await ExpectAsync("subscribe");
        var channel = command.GetProperty("channel").GetString();
        await SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"{{channel}}","cursor":"{{Cursor(offset)}}","epoch":"{{Epoch}}","offset":{{offset}},"resumed":{{(resumed ? "true" : "false")}}}""");
        return command;
    }

    public Task SendMessageAsync(string channel, long offset, string epoch = Epoch) => SendAsync(MessageJson(channel, offset, epoch));

    public async Task<JsonElement> AnswerPublishAsync(long offset)
    {
        var command = await ExpectAsync("publish");
        await SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},{{Outcome(offset)}}}""");
        return command;
    }

    public Task RefuseAsync(JsonElement command, string code, double? retryAfter = null) =>
        SendAsync($$"""{"type":"error","id":{{command.GetProperty("id")}},"code":"{{code}}","message":"No."{{(retryAfter is null ? "" : $",\"retry_after\":{retryAfter}")}}}""");

    public async Task CloseAsync(int code, string reason)
    {
        await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, TestContext.Current.CancellationToken);
        while (await ReceiveAsync() is not null)
        {
        }
        _ended.TrySetResult();
    }

    /// <summary>Drops the connection without a word.</summary>
    public void Cut()
    {
        // The context is gone with the handler, which ends when this is set.
        if (_ended.Task.IsCompleted) return;
        context.Abort();
        _ended.TrySetResult();
    }

    public const string Epoch = "00000000000000a1";

    public static string Cursor(long offset) => "cur" + offset;

    public static string Outcome(long offset) =>
        $$"""
        "message":"019a0000-0000-7000-8000-000000000001","offset":{{offset}},"epoch":"{{Epoch}}","durable":true,"fanout":"full","correlation_id":"corr"
        """;

    public static string MessageJson(string channel, long offset, string epoch = Epoch) =>
        $$"""{"type":"chat","channel":"{{channel}}","data":{"n":{{offset}}},"timestamp":"2026-11-20T10:00:00.000Z","id":"019a0000-0000-7000-8000-{{offset:x12}}","offset":{{offset}},"epoch":"{{epoch}}","from":"bob","cursor":"{{Cursor(offset)}}"}""";
}
