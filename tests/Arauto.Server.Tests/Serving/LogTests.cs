using System.Net.Http.Json;
using System.Text.Json;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class LogTests : IDisposable
{
    private const string Secret = "a-secret-of-thirty-two-bytes-or-more-that-no-log-may-show";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Production_logs_are_json_lines_with_connection_and_correlation_ids()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path, ["--jwt-secret", Secret, "--log-level", "trace"]);
        await using var client = await WireClient.ConnectAsync(
            server.WebSocket, server.Token("s1", service: true), configure: options => options.SetRequestHeader("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"));
        var connection = (string)(await client.ReceiveAsync("connected"))["connection"]!;
        var overSocket = await client.AskAsync(new { type = "publish", channel = "broadcast", @event = "news", data = 1, correlation_id = "over-socket" });
        Assert.Equal("over-socket", (string?)overSocket["correlation_id"]);
        using var http = server.Client(server.Token("s1", service: true));
        http.DefaultRequestHeaders.Add("X-Request-ID", "over-http");
        using var response = await http.PostAsJsonAsync("/v1/publish", new { channel = "broadcast", @event = "news", data = 2 }, Cancelled);
        Assert.Equal("over-http", response.Headers.GetValues("X-Request-ID").Single());
        await client.DisposeAsync();
        await server.Process.OutputAsync("the connection's end", line => line.Contains(connection, StringComparison.Ordinal) && line.Contains("closed", StringComparison.Ordinal));
        await server.Process.TerminateAsync();
        Assert.Equal(0, await server.Process.ExitAsync());

        var entries = server.Process.Output.Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(entries, entry => Assert.True(entry.TryGetProperty("ts", out _) && entry.TryGetProperty("level", out _) && entry.TryGetProperty("category", out _) && entry.TryGetProperty("message", out _)));
        Assert.Contains(entries, entry => Text(entry, "connection") == connection && Text(entry, "correlation_id") == Trace);
        Assert.Contains(entries, entry => Text(entry, "connection") == connection && Text(entry, "user") == "s1");
        Assert.Contains(entries, entry => Text(entry, "correlation_id") == "over-socket" && Text(entry, "channel") == "broadcast");
        Assert.Contains(entries, entry => Text(entry, "correlation_id") == "over-http" && Text(entry, "message_id") is { Length: 36 });
        Assert.Empty(server.Process.Errors);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public async Task No_log_line_shows_a_token_or_a_secret_at_any_level(string format)
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path, ["--jwt-secret", Secret, "--log-level", "trace", "--log-format", format]);
        string[] tokens =
        [
            server.Token("header"), server.Token("query"), server.Token("frame"), server.Token("refresh"), server.Token("api", service: true), server.Token("wrong-place"), server.Token("follower"),
            $"{server.Token("forged")[..^8]}AAAAAAAA", Arauto.Tests.Auth.Tokens.Hs256("""{"sub":"expired","exp":1}""", secret: Secret), "not.a.token",
        ];
        var (header, query, frame, refresh, api, elsewhere, follower, forged, expired, garbage) = (tokens[0], tokens[1], tokens[2], tokens[3], tokens[4], tokens[5], tokens[6], tokens[7], tokens[8], tokens[9]);
        await using (await WireClient.ConnectAsync(server.WebSocket, header)) { }
        await using (await WireClient.ConnectAsync(new Uri($"{server.WebSocket}?token={query}"), null)) { }
        await using (var client = await WireClient.ConnectAsync(server.WebSocket, null))
        {
            await client.AskAsync(new { type = "auth", token = frame });
            await client.AskAsync(new { type = "auth", token = refresh });
            await client.AskAsync(new { type = "publish", channel = "nowhere", @event = "token", data = 1 });
        }
        foreach (var refused in (string[])[forged, expired, garbage])
        {
            await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => WireClient.ConnectAsync(new Uri($"{server.WebSocket}?token={refused}"), null));
            await using var client = await WireClient.ConnectAsync(server.WebSocket, null);
            await client.SendAsync(new { type = "auth", token = refused });
            Assert.True((await client.ReadToEndAsync()).Code is 4001 or 4002);
        }
        using (var http = server.Client())
        {
            foreach (var token in (string[])[follower, forged, expired, garbage])
                foreach (var path in (string[])["/events", "/poll", "/notifications"])
                    using (await http.GetAsync($"{path}?channels=broadcast&wait=0&token={token}", HttpCompletionOption.ResponseHeadersRead, Cancelled)) { }
        }
        using (var http = server.Client(api))
        {
            foreach (var path in (string[])["/v1/rooms", "/v1/nothing", "/nothing", "/ws", "/v1/channels/a%0Ab/messages"])
                using (await http.GetAsync($"{path}?token={elsewhere}&access_token={elsewhere}", Cancelled)) { }
            using (await http.PostAsync("/v1/publish", new StringContent($"{{\"channel\":\"broadcast\",\"event\":\"{elsewhere}\""), Cancelled)) { }
        }
        await server.Process.TerminateAsync();
        Assert.Equal(0, await server.Process.ExitAsync());

        var said = string.Join('\n', [.. server.Process.Output, .. server.Process.Errors]);
        Assert.Contains("is user query", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
        // The header of a token is the same for all and no secret; claims and signature must not be there.
        foreach (var part in tokens.SelectMany(token => token.Split('.')[1..]).Where(part => part.Length > 8))
            Assert.DoesNotContain(part, said, StringComparison.Ordinal);
        Assert.DoesNotContain(garbage, said, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
