using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;

namespace Arauto.Server.Tests.Foreign;

/// <summary>What a user does first in a terminal: <c>curl -N</c> on an event stream.</summary>
public sealed class CurlTests : IDisposable
{
    private const string Channel = "public:lobby";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Curl_shows_each_message_as_it_comes_and_goes_on_behind_an_id()
    {
        var curl = Programs.Require("curl", "curl");
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        using var http = server.Client(server.Token("bob"));
        await using var first = Follow(curl, server);
        await first.OutputAsync("the greeting", line => line.StartsWith(": connected {", StringComparison.Ordinal));
        for (var i = 1; i <= 3; i++)
        {
            await PublishAsync(http, i);
            Assert.Equal(i, (int)JsonNode.Parse((await first.OutputAsync($"message {i}", line => line.Contains($"\"offset\":{i},", StringComparison.Ordinal)))["data: ".Length..])!["data"]!);
        }
        var ids = first.Output.Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).Select(line => line["id: ".Length..]).ToList();
        Assert.Equal(4, ids.Count);

        await using var second = Follow(curl, server, "-H", $"Last-Event-ID: {ids[1]}");
        await second.OutputAsync("the last message", line => line.Contains("\"offset\":3,", StringComparison.Ordinal));
        Assert.Equal(2, second.Output.Count(line => line.StartsWith("data: ", StringComparison.Ordinal)));
    }

    private ChildProcess Follow(string curl, ServerProcess server, params string[] more) =>
        ChildProcess.Start(curl, ["-sN", "-H", $"Authorization: Bearer {server.Token("alice")}", .. more, $"{server.Http}events?channels={Channel}"], _folder.Path);

    private static async Task PublishAsync(HttpClient http, int number)
    {
        using var published = await http.PostAsJsonAsync("/v1/publish", new { channel = Channel, @event = "chat", data = number }, Cancelled);
        Assert.True(published.IsSuccessStatusCode);
    }
}
