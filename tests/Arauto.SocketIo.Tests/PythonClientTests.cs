using Arauto.Protocol.Tests;
using Arauto.Server.Tests.Support;

namespace Arauto.SocketIo.Tests;

/// <summary>Debian's Python client of Socket.IO. What it checks stands under <c>tests/foreign/python</c>; every line it prints is passed on.</summary>
public sealed class PythonClientTests(SocketIoHostProcess host) : IClassFixture<SocketIoHostProcess>
{
    /// <summary>The system's interpreter, which has Debian's packages; another one in the path may not.</summary>
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Python_socketio_connects_acknowledges_joins_rooms_and_comes_back()
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not here; install the Debian package python3.");
        await using var import = ChildProcess.Start(Python, ["-c", "import socketio, aiohttp, requests, websocket"], AppContext.BaseDirectory);
        Assert.SkipUnless(await import.ExitAsync() == 0, "Install the Debian packages python3-socketio, python3-aiohttp, python3-requests and python3-websocket.");

        await using var client = ChildProcess.Start(Python, [Repository.PathOf("tests", "foreign", "python", "socketio_client.py"), host.Smoke, host.Sioc], AppContext.BaseDirectory);
        client.CloseInput();
        var code = await client.ExitAsync(TimeSpan.FromMinutes(3));
        foreach (var line in client.Output) TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(code == 0, client.Describe());
        Assert.Equal(42, client.Output.Count(line => line.StartsWith("ok: ", StringComparison.Ordinal)));
        host.AssertNoComplaint();
    }
}
