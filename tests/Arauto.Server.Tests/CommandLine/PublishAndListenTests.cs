using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.CommandLine;

public sealed class PublishAndListenTests : IDisposable
{
    private const string Claim = """channels={"doc:*":["subscribe","publish"]}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Listen_prints_what_publish_publishes_and_since_shows_it_again_after_a_restart()
    {
        var address = $"127.0.0.1:{RedisProcess.FreePort()}";
        string token, cursor;
        await using (var server = await ServerProcess.StartAsync(_folder.Path, ["--listen", address]))
        {
            token = Assert.Single(await OkAsync("token", "--user", "alice", "--claim", Claim));
            await using var listener = Listen(server.Http, token, "--count", "3");
            await listener.ErrorAsync("it is subscribed", line => line.StartsWith("subscribed to doc:1", StringComparison.Ordinal));
            JsonObject? first = null;
            for (var i = 1; i <= 3; i++)
            {
                var reply = JsonNode.Parse(Assert.Single(await PublishAsync(server.Http, token, $$"""{"n":{{i}}}""", $"k{i}")))!.AsObject();
                Assert.Equal((i, true), ((int)reply["offset"]!, (bool)reply["durable"]!));
                first ??= reply;
            }
            var again = JsonNode.Parse(Assert.Single(await PublishAsync(server.Http, token, """{"n":1}""", "k1")))!.AsObject();
            Assert.Equal((string?)first!["message"], (string?)again["message"]);
            Assert.Equal(0, await listener.ExitAsync());
            var messages = listener.Output.Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
            Assert.Equal([1, 2, 3], messages.Select(message => (int)message["data"]!["n"]!));
            Assert.All(messages, message => Assert.Equal(("edit", "doc:1", "alice"), ((string?)message["type"], (string?)message["channel"], (string?)message["from"])));
            cursor = (string)messages[0]["cursor"]!;
        }
        await using var restarted = await ServerProcess.StartAsync(_folder.Path, ["--listen", address]);
        await using var late = Listen(restarted.Http, token, "--since", cursor, "--count", "2");
        Assert.Equal(0, await late.ExitAsync());
        Assert.Equal([2, 3], late.Output.Select(line => (int)JsonNode.Parse(line)!["data"]!["n"]!));
    }

    [Fact]
    public async Task In_development_mode_a_name_is_enough()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var listener = ArautoProcess.Start(_folder.Path, ["listen", "--url", $"{server.Http}", "--user", "dave", "--channel", "public:lobby", "--count", "1"]);
        await listener.ErrorAsync("dave is subscribed", line => line.StartsWith("subscribed", StringComparison.Ordinal));
        await OkAsync("publish", "--url", $"{server.Http}", "--user", "carol", "--channel", "public:lobby", "--event", "chat", "--data", "1");
        Assert.Equal(0, await listener.ExitAsync());
        Assert.Equal("carol", (string?)JsonNode.Parse(Assert.Single(listener.Output))!["from"]);
    }

    [Fact]
    public async Task Listen_reconnects_after_kill_9_and_misses_nothing()
    {
        var address = $"127.0.0.1:{RedisProcess.FreePort()}";
        string token;
        ChildProcess listener;
        await using (var server = await ServerProcess.StartAsync(_folder.Path, ["--listen", address]))
        {
            token = server.Token("s1", service: true);
            listener = Listen(server.Http, token, "--count", "2");
            await listener.ErrorAsync("it is subscribed", line => line.StartsWith("subscribed", StringComparison.Ordinal));
            await PublishAsync(server.Http, token, "1");
            await listener.OutputAsync("the first message", _ => true);
        }
        await using (listener)
        {
            await listener.ErrorAsync("it says so", line => line.StartsWith("not connected", StringComparison.Ordinal));
            await using var restarted = await ServerProcess.StartAsync(_folder.Path, ["--listen", address]);
            await PublishAsync(restarted.Http, token, "2");
            Assert.Equal(0, await listener.ExitAsync());
            Assert.Equal([1, 2], listener.Output.Select(line => (int)JsonNode.Parse(line)!["data"]!));
            Assert.DoesNotContain(listener.Errors, line => line.StartsWith("gap", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Sigterm_ends_listen_with_0()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var listener = Listen(server.Http, server.Token("s1", service: true));
        await listener.ErrorAsync("it is subscribed", line => line.StartsWith("subscribed", StringComparison.Ordinal));
        await listener.TerminateAsync();
        Assert.Equal(0, await listener.ExitAsync());
    }

    [Fact]
    public async Task What_the_server_refuses_ends_with_1_and_one_line()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        var (url, token) = ($"{server.Http}", server.Token("alice"));
        await FailsAsync(1, "forbidden", "publish", "--url", url, "--token", token, "--channel", "broadcast", "--event", "e", "--data", "1");
        await FailsAsync(1, "unknown_channel", "publish", "--url", url, "--token", token, "--channel", "nowhere", "--event", "e", "--data", "1");
        await FailsAsync(1, "unauthorized", "publish", "--url", url, "--token", "not-a-token", "--channel", "broadcast", "--event", "e", "--data", "1");
        await using var listener = Listen(server.Http, token);
        Assert.Equal(1, await listener.ExitAsync());
        Assert.Contains("forbidden", listener.Errors[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_publish_with_1_after_its_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var run = await ArautoProcess.RunAsync(_folder.Path, "publish", "--url", $"http://{silent.LocalEndpoint}", "--token", "a.b.c", "--channel", "broadcast", "--event", "e", "--data", "1", "--timeout", "1s");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no answer within 1s", run.Errors[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data", "publish", "--channel", "broadcast", "--event", "e")]
    [InlineData("--data is not JSON", "publish", "--channel", "broadcast", "--event", "e", "--data", "{")]
    [InlineData("subscribe", "publish", "--channel", "broadcast", "--event", "subscribe", "--data", "1")]
    [InlineData("not a channel", "listen", "--channel", "a b")]
    [InlineData("--count", "listen", "--channel", "broadcast", "--count", "0")]
    [InlineData("--room", "chat")]
    [InlineData("--ttl", "token", "--user", "alice", "--ttl", "soon")]
    [InlineData("user", "token", "--user", "a b")]
    [InlineData("dance", "dance")]
    public Task A_wrong_command_line_ends_with_2_and_one_line(string named, params string[] arguments) => FailsAsync(2, named, arguments);

    private ChildProcess Listen(Uri url, string token, params string[] more) =>
        ArautoProcess.Start(_folder.Path, ["listen", "--url", $"{url}", "--channel", "doc:1", .. more], new Dictionary<string, string> { ["ARAUTO_TOKEN"] = token });

    private Task<IReadOnlyList<string>> PublishAsync(Uri url, string token, string data, string? key = null)
    {
        string[] keyed = key is null ? [] : ["--key", key];
        return OkAsync(["publish", "--url", $"{url}", "--token", token, "--channel", "doc:1", "--event", "edit", "--data", data, .. keyed]);
    }

    private async Task<IReadOnlyList<string>> OkAsync(params string[] arguments)
    {
        var run = await ArautoProcess.RunAsync(_folder.Path, arguments);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        return run.Output;
    }

    private async Task FailsAsync(int code, string named, params string[] arguments)
    {
        var run = await ArautoProcess.RunAsync(_folder.Path, arguments);
        var line = Assert.Single(run.Errors);
        Assert.StartsWith("arauto: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Equal(code, run.ExitCode);
    }
}
