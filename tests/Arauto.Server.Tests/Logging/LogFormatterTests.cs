using System.Text.Json;
using Arauto.Server.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Arauto.Server.Tests.Logging;

public sealed class LogFormatterTests
{
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 10, 0, 0, 123, TimeSpan.Zero);
    }

    private static string Write(ConsoleFormatter formatter, string message, KeyValuePair<string, object?>[] state, object[]? scopes = null, Exception? exception = null)
    {
        var provider = new LoggerExternalScopeProvider();
        foreach (var scope in scopes ?? []) provider.Push(scope);
        using var writer = new StringWriter();
        formatter.Write(new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Information, "Arauto.Hub", new EventId(1300, "Joined"), state, exception, (_, _) => message), provider, writer);
        return writer.ToString();
    }

    private static JsonElement Json(string message, KeyValuePair<string, object?>[] state, object[]? scopes = null, Exception? exception = null)
    {
        var text = Write(new JsonLogFormatter(new Clock()), message, state, scopes, exception);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text[..^1]);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    [Fact]
    public void Entry_is_one_object_with_scopes_flattened()
    {
        var line = Json(
            "alice joined",
            [new("User", "alice"), new("Count", 3), new("Ratio", double.NaN), new("{OriginalFormat}", "{User} joined")],
            [new KeyValuePair<string, object?>[] { new("Connection", "c1"), new("User", "outer") }, "text scope", new Dictionary<string, object?> { ["CorrelationId"] = "x" }]);
        Assert.Equal("2026-11-20T10:00:00.123Z", line.GetProperty("ts").GetString());
        Assert.Equal("information", line.GetProperty("level").GetString());
        Assert.Equal("Arauto.Hub", line.GetProperty("category").GetString());
        Assert.Equal(1300, line.GetProperty("event_id").GetInt32());
        Assert.Equal("Joined", line.GetProperty("event").GetString());
        Assert.Equal("alice joined", line.GetProperty("message").GetString());
        Assert.Equal("c1", line.GetProperty("connection").GetString());
        Assert.Equal("x", line.GetProperty("correlation_id").GetString());
        Assert.Equal("alice", line.GetProperty("user").GetString());
        Assert.Equal(3, line.GetProperty("count").GetInt32());
        Assert.Equal("NaN", line.GetProperty("ratio").GetString());
        Assert.Equal(11, line.EnumerateObject().Count());
    }

    [Fact]
    public void Fields_cannot_replace_the_entrys_own()
    {
        var line = Json("m", [new("Level", "none"), new("Message", "other")]);
        Assert.Equal("information", line.GetProperty("level").GetString());
        Assert.Equal("other", line.GetProperty("field_message").GetString());
    }

    [Theory]
    [InlineData("a\nb\r\nc")]
    [InlineData("{\"level\":\"error\"}\u2028")]
    [InlineData("lone \ud800 surrogate")]
    public void Injected_breaks_stay_in_the_line(string injected)
    {
        Json(injected, [new("User", injected)], exception: new InvalidOperationException(injected));
        var text = Write(new TextLogFormatter(new Clock()), injected + "\u001b[31m", []);
        Assert.Equal(1, text.Count(c => c == '\n'));
        Assert.DoesNotContain('\u001b', text);
        Assert.StartsWith("10:00:00.123 info  Arauto.Hub: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Exceptions_are_written()
    {
        var exception = new InvalidOperationException("broken");
        Assert.Contains("broken", Json("m", [], exception: exception).GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Contains("\n    System.InvalidOperationException: broken\n", Write(new TextLogFormatter(new Clock()), "m", [], exception: exception), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /ws?token=abc.def.ghi&channels=a HTTP/1.1", "GET /ws?token=[redacted]&channels=a HTTP/1.1")]
    [InlineData("GET /ws?access_token=abc", "GET /ws?access_token=[redacted]")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]")]
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2ln from x", "got [redacted] from x")]
    [InlineData("token=&x=1", "token=&x=1")]
    [InlineData("eyJ is no token, nor is eyJabcdefghijklmnopqrstuvw", "eyJ is no token, nor is eyJabcdefghijklmnopqrstuvw")]
    [InlineData("token=a token=b", "token=[redacted] token=[redacted]")]
    [InlineData("nothing here", "nothing here")]
    public void Tokens_are_redacted(string text, string redacted)
    {
        Assert.Equal(redacted, Redaction.Apply(text));
        Assert.Equal(redacted, Json(text, [new("Value", text)]).GetProperty("value").GetString());
    }
}
