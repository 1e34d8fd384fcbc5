using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_starts_from_an_empty_folder_and_says_where_everything_is()
    {
        var watch = Stopwatch.StartNew();
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        TestContext.Current.TestOutputHelper?.WriteLine($"ready after {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}.");
        var http = server.Http.ToString().TrimEnd('/');
        await server.Process.OutputAsync("the token command", line => line.Contains("./arauto token", StringComparison.Ordinal));
        var output = string.Join('\n', server.Process.Output);
        foreach (var part in (string[])[$"{http}/", $"{http.Replace("http", "ws", StringComparison.Ordinal)}/ws", $"{http}/v1", $"{http}/openapi/v1.json", $"{http}/readyz", $"{server.Metrics}", "DEVELOPMENT MODE", "./arauto chat"])
            Assert.Contains(part, output, StringComparison.Ordinal);
        using var demo = await server.Client().GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (demo.StatusCode, demo.Content.Headers.ContentType?.MediaType));
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(server.Http.Host)));
        Assert.True(File.Exists(_folder.Database));
        Assert.Empty(server.Process.Errors);
    }

    [Fact]
    public async Task The_printed_token_command_can_be_pasted_even_when_the_data_folder_needs_quotes()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path, ["--data", "my $data 'folder'"]);
        var line = (await server.Process.OutputAsync("the token command", line => line.Contains("./arauto token", StringComparison.Ordinal))).Trim();
        await using var shell = ChildProcess.Start("sh", ["-c", line.Replace("./arauto", $"'{ArautoProcess.Dotnet}' '{ArautoProcess.Assembly}'", StringComparison.Ordinal)], _folder.Path);
        Assert.Equal(0, await shell.ExitAsync());
        await using var alice = await WireClient.ConnectAsync(server.WebSocket, Assert.Single(shell.Output));
        Assert.Equal("alice", (string?)(await alice.ReceiveAsync("connected"))["user"]);
    }

    [Theory]
    [InlineData("listen", "--listen", "0.0.0.0:0")]
    [InlineData("listen", "--listen", "*:0")]
    [InlineData("metrics", "--metrics", "[::]:0")]
    [InlineData("listen", "--listen", "nowhere")]
    [InlineData("store", "--store", "oracle://host/db")]
    [InlineData("jwtSecret", "--jwt-secret", "short")]
    [InlineData("limits.messageBytes", "--message-bytes", "12")]
    [InlineData("--no-such-option", "--no-such-option", "1")]
    public async Task A_wrong_option_ends_the_start_with_one_line_that_names_it(string key, string option, string value) =>
        AssertRefused(key, await ArautoProcess.RunAsync(_folder.Path, "serve", option, value));

    [Theory]
    [InlineData("colour", """{"colour":"red"}""")]
    [InlineData("limits.messageByte", """{"limits":{"messageByte":2048}}""")]
    [InlineData("heartbeat.intervalSeconds", """{"heartbeat":{"intervalSeconds":0}}""")]
    [InlineData("channels", """{"channels":{"room:":{"publish":"everybody"}}}""")]
    [InlineData("arauto.json", "{")]
    public async Task A_wrong_key_in_the_file_ends_the_start_with_one_line_that_names_it(string key, string json)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "arauto.json"), json, TestContext.Current.CancellationToken);
        AssertRefused(key, await ArautoProcess.RunAsync(_folder.Path, "serve"));
    }

    [Fact]
    public async Task A_wrong_environment_variable_ends_the_start_with_one_line_that_names_it()
    {
        await using var process = ArautoProcess.Start(_folder.Path, ["serve"], new Dictionary<string, string> { ["ARAUTO_HARTBEAT__INTERVAL_SECONDS"] = "5" });
        AssertRefused("ARAUTO_HARTBEAT__INTERVAL_SECONDS", (await process.ExitAsync(), process.Output, process.Errors));
    }

    [Theory]
    [InlineData("--listen")]
    [InlineData("--metrics")]
    public async Task A_port_in_use_ends_the_start_with_one_line(string option)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string[] free = option == "--listen" ? ["--metrics", "127.0.0.1:0"] : ["--listen", "127.0.0.1:0"];
        var (code, output, errors) = await ArautoProcess.RunAsync(_folder.Path, ["serve", option, $"{other.LocalEndpoint}", .. free]);
        Assert.Equal(1, code);
        Assert.Contains($"{other.LocalEndpoint}", Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain(output, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_ends_the_start_with_one_line()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "file"), "", TestContext.Current.CancellationToken);
        var (code, _, errors) = await ArautoProcess.RunAsync(_folder.Path, "serve", "--listen", "127.0.0.1:0", "--metrics", "off", "--data", "file/data");
        Assert.Equal(1, code);
        Assert.Contains("file", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static void AssertRefused(string key, (int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors) run)
    {
        var line = Assert.Single(run.Errors);
        Assert.StartsWith("arauto: ", line, StringComparison.Ordinal);
        Assert.Contains(key, line, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Equal(2, run.ExitCode);
    }
}
