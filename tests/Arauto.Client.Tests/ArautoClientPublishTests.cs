using System.Text;
using System.Text.Json;
using Arauto.Client.Tests.Scripting;
using Microsoft.AspNetCore.Http;

namespace Arauto.Client.Tests;

public sealed class ArautoClientPublishTests : ClientFixture
{
    [Fact]
    public async Task Publish_gets_a_key_of_its_own_and_returns_the_answer()
    {
        var client = NewClient(o => o.Token = "T");
        var publishing = client.PublishAsync("room:1", "chat", new { Content = "hi" }, cancellationToken: Cancel);
        var peer = await Server.AcceptAsync();
        var command = await peer.AnswerPublishAsync(7);
        var result = await Eventually.Within(publishing);
        Assert.Equal("Bearer T", peer.Authorization);
        Assert.Equal("", peer.Query);
        Assert.Equal("""{"content":"hi"}""", command.GetProperty("data").GetRawText());
        Assert.True(Guid.TryParse(command.GetProperty("key").GetString(), out var key) && key.Version == 7);
        Assert.Equal(key.ToString(), result.Key);
        Assert.Equal(7, result.Position.Offset);
        Assert.True(result.Durable);
        Assert.Contains("\"fanout\":\"full\"", Encoding.UTF8.GetString(result.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_json_is_sent_byte_for_byte()
    {
        var publishing = NewClient().PublishJsonAsync("room:1", "chat", """{ "a" : 1.0 }"""u8.ToArray(), "K", Cancel);
        var peer = await Server.AcceptAsync();
        var command = await peer.AnswerPublishAsync(1);
        await Eventually.Within(publishing);
        Assert.Equal("""{ "a" : 1.0 }""", command.GetProperty("data").GetRawText());
        Assert.Equal("K", command.GetProperty("key").GetString());
    }

    [Fact]
    public async Task Unanswered_publishes_are_sent_again_in_order_with_their_keys()
    {
        var client = NewClient();
        Task<PublishResult>[] publishing = [.. Enumerable.Range(1, 3).Select(n => client.PublishAsync("room:1", "chat", n, cancellationToken: Cancel))];
        var peer = await Server.AcceptAsync();
        var keys = new List<string?>();
        for (var n = 0; n < 3; n++) keys.Add((await peer.ExpectAsync("publish")).GetProperty("key").GetString());
        peer.Cut();

        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        for (var n = 0; n < 3; n++)
        {
            var again = await peer.AnswerPublishAsync(n + 1);
            Assert.Equal(keys[n], again.GetProperty("key").GetString());
            Assert.Equal(n + 1, again.GetProperty("data").GetInt32());
            Assert.Equal(n + 1, (await Eventually.Within(publishing[n])).Position.Offset);
        }
    }

    [Fact]
    public async Task Refusal_that_may_pass_is_tried_three_times_and_then_over_http()
    {
        JsonElement httpBody = default;
        string? httpToken = null;
        Server.Http = async context =>
        {
            httpToken = context.Request.Headers.Authorization;
            httpBody = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: Cancel);
            await context.Response.WriteAsync("{" + Peer.Outcome(5) + "}", Cancel);
        };
        var client = NewClient(o => o.Token = "T");
        var publishing = client.PublishAsync("room:1", "chat", 1, cancellationToken: Cancel);
        var peer = await Server.AcceptAsync(interval: 3600, timeout: 7200);
        string? key = null;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var command = await peer.ExpectAsync("publish");
            key ??= command.GetProperty("key").GetString();
            Assert.Equal(key, command.GetProperty("key").GetString());
            await peer.RefuseAsync(command, "unavailable");
            if (attempt == 3) break;
            var (least, most) = (0.5 * (1 << attempt), 1.5 * (1 << attempt));
            await Eventually.True(() => Time.Waiting.Any(w => w.TotalSeconds >= least && w.TotalSeconds <= most), $"retry {attempt} in {least} to {most} s");
            Time.Advance(TimeSpan.FromSeconds(most));
        }
        var result = await Eventually.Within(publishing);
        Assert.Equal(5, result.Position.Offset);
        Assert.Equal(key, httpBody.GetProperty("key").GetString());
        Assert.Equal("Bearer T", httpToken);
        Assert.Equal("chat", httpBody.GetProperty("event").GetString());
        Assert.Equal(1, httpBody.GetProperty("data").GetInt32());
    }

    [Fact]
    public async Task Refusal_over_http_is_told_in_the_servers_words()
    {
        Server.Http = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "9";
            return context.Response.WriteAsync("""{"error":{"code":"rate_limited","message":"Too many."}}""", Cancel);
        };
        var client = NewClient();
        var publishing = client.PublishAsync("room:1", "chat", 1, cancellationToken: Cancel);
        var peer = await Server.AcceptAsync(interval: 3600, timeout: 7200);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await peer.RefuseAsync(await peer.ExpectAsync("publish"), "rate_limited", retryAfter: 12);
            if (attempt == 3) break;
            await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(12)), "the server's time is kept");
            Time.Advance(TimeSpan.FromSeconds(12));
        }
        var error = await Assert.ThrowsAsync<ArautoException>(() => Eventually.Within(publishing));
        Assert.Equal("rate_limited", error.Code);
        Assert.Equal(TimeSpan.FromSeconds(9), error.RetryAfter);
        Assert.Equal("Too many.", error.Message);
    }

    [Fact]
    public async Task Final_refusal_throws_at_once()
    {
        var publishing = NewClient().PublishAsync("room:1", "chat", 1, cancellationToken: Cancel);
        var peer = await Server.AcceptAsync();
        await peer.RefuseAsync(await peer.ExpectAsync("publish"), "forbidden");
        var error = await Assert.ThrowsAsync<ArautoException>(() => Eventually.Within(publishing));
        Assert.Equal("forbidden", error.Code);
    }

    [Fact]
    public async Task Full_queue_rejects_when_told_to()
    {
        var client = NewClient(o => (o.MaxPendingCommands, o.PendingLimitPolicy) = (2, PendingLimitPolicy.Reject));
        var waiting = new[] { client.PublishAsync("room:1", "a", 1, cancellationToken: Cancel), client.PublishAsync("room:1", "a", 2, cancellationToken: Cancel) };
        Server.Http = static context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var third = client.HistoryAsync("room:1", cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<ArautoException>(() => Eventually.Within(third));
        Assert.Equal("unavailable", error.Code);
        Assert.Contains("MaxPendingCommands", error.Message, StringComparison.Ordinal);
        Assert.All(waiting, t => Assert.False(t.IsCompleted));
    }

    [Fact]
    public async Task Full_queue_waits_by_default()
    {
        var client = NewClient(o => o.MaxPendingCommands = 1);
        var first = client.PublishAsync("room:1", "a", 1, cancellationToken: Cancel);
        var second = client.PublishAsync("room:1", "a", 2, cancellationToken: Cancel);
        var peer = await Server.AcceptAsync();
        Assert.Equal(1, (await peer.AnswerPublishAsync(1)).GetProperty("data").GetInt32());
        await Eventually.Within(first);
        Assert.Equal(2, (await peer.AnswerPublishAsync(2)).GetProperty("data").GetInt32());
        await Eventually.Within(second);
    }

    [Fact]
    public async Task Cancelled_publish_is_not_sent_again()
    {
        var client = NewClient();
        using var cancel = new CancellationTokenSource();
        var publishing = client.PublishAsync("room:1", "chat", 1, cancellationToken: cancel.Token);
        var peer = await Server.AcceptAsync();
        await peer.ExpectAsync("publish");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        peer.Cut();
        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        var ping = client.PingAsync(Cancel);
        var command = await peer.ExpectAsync("ping");
        await peer.SendAsync($$"""{"type":"pong","id":{{command.GetProperty("id")}}}""");
        await Eventually.Within(ping);
    }

    [Theory]
    [InlineData("presence", "1")]
    [InlineData("", "1")]
    [InlineData("chat", "{")]
    [InlineData("chat", "1 2")]
    [InlineData("chat", "")]
    public async Task Wrong_event_or_json_is_refused_at_the_call(string @event, string json) =>
        await Assert.ThrowsAsync<ArgumentException>(() => NewClient().PublishJsonAsync("room:1", @event, Encoding.UTF8.GetBytes(json), cancellationToken: Cancel));
}
