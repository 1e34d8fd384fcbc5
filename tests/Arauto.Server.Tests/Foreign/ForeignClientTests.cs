using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Protocol.Tests;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;

namespace Arauto.Server.Tests.Foreign;

/// <summary>Libraries of other people against the real server. What they check stands in their own language under <c>tests/foreign</c>; every line they print is passed on.</summary>
public sealed class ForeignClientTests : IDisposable
{
    /// <summary>The system's interpreter, which has Debian's packages; another one in the path may not.</summary>
    private const string Python = "/usr/bin/python3";

    private const string GoPath = "/usr/share/gocode";
    private const int HeartbeatTimeout = 4;
    private static readonly string[] Members = ["alice"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Python_websockets_subscribes_publishes_is_cut_off_and_resumes()
    {
        await RequirePythonAsync();
        await RunAsync(Python, [Repository.PathOf("tests", "foreign", "python", "client.py")], holds: 11);
    }

    [Fact]
    public async Task Python_websockets_follows_notifications_on_two_devices_that_reconnect()
    {
        await RequirePythonAsync();
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await RunAsync(
            server, Python, [Repository.PathOf("tests", "foreign", "python", "notifications.py"), $"{server.Http}", server.Token("alice"), server.Token("publisher", service: true)], holds: 4);
    }

    [Fact]
    public async Task Go_gorilla_subscribes_publishes_is_cut_off_and_resumes()
    {
        var go = Programs.Require("go", "golang-go");
        Assert.SkipUnless(Directory.Exists($"{GoPath}/src/github.com/gorilla/websocket"), "gorilla/websocket is not here; install the Debian package golang-github-gorilla-websocket-dev.");
        var client = Path.Combine(_folder.Path, "client");
        var debian = new Dictionary<string, string> { ["GO111MODULE"] = "off", ["GOPATH"] = GoPath, ["GOFLAGS"] = "" };
        await using var build = ChildProcess.Start(go, ["build", "-o", client, Repository.PathOf("tests", "foreign", "go", "client.go")], _folder.Path, debian);
        Assert.True(await build.ExitAsync(TimeSpan.FromMinutes(3)) == 0, build.Describe());
        await RunAsync(client, [], holds: 11);
    }

    private async Task RunAsync(string program, string[] arguments, int holds)
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path, environment: new Dictionary<string, string>
        {
            ["ARAUTO_HEARTBEAT__INTERVAL_SECONDS"] = "1",
            ["ARAUTO_HEARTBEAT__TIMEOUT_SECONDS"] = $"{HeartbeatTimeout}",
        });
        var channel = await MakeRoomAsync(server);
        await RunAsync(server, program, [.. arguments, $"{server.Http}", channel, server.Token("alice"), server.Token("publisher", service: true), $"{HeartbeatTimeout}"], holds);
    }

    private async Task RunAsync(ServerProcess server, string program, string[] arguments, int holds)
    {
        await using var client = ChildProcess.Start(program, arguments, _folder.Path);
        client.CloseInput();
        var code = await client.ExitAsync(TimeSpan.FromSeconds(90));
        foreach (var line in client.Output) TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(code == 0, $"{client.Describe()}{server.Process.Describe()}");
        Assert.Equal(holds, client.Output.Count(line => line.StartsWith("ok: ", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Process.Output, line => line.Contains(" error ", StringComparison.Ordinal));
    }

    private async Task RequirePythonAsync()
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not here; install the Debian package python3.");
        await using var import = ChildProcess.Start(Python, ["-c", "import websockets"], _folder.Path);
        Assert.SkipUnless(await import.ExitAsync() == 0, "The Python package websockets is not here; install the Debian package python3-websockets.");
    }

    private static async Task<string> MakeRoomAsync(ServerProcess server)
    {
        using var http = server.Client(server.Token("publisher", service: true));
        using var made = await http.PostAsJsonAsync("/v1/rooms", new { type = "private", members = Members }, Cancelled);
        return (string)(await made.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["channel"]!;
    }
}
