using System.Diagnostics;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

/// <summary>A client whose cable is pulled says nothing more, and nothing says so of it: the heartbeat's time-out finds it, over every transport that lasts.</summary>
public sealed class VanishedClientTests : IDisposable
{
    private const int Timeout = 3;
    private const string Secret = "a secret of thirty-two bytes or more, for tests";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ws", "websocket")]
    [InlineData("sse", "sse")]
    public async Task It_is_gone_soon_after_the_timeout(string transport, string label)
    {
        using var network = FarNetwork.TryMake();
        Assert.SkipWhen(network is null, "Making a network needs root and the Debian package iproute2.");
        await using var server = await ServerProcess.StartAsync(_folder.Path, ["--listen", $"{network.Address}:0", "--jwt-secret", Secret], new Dictionary<string, string>
        {
            ["ARAUTO_HEARTBEAT__INTERVAL_SECONDS"] = "1",
            ["ARAUTO_HEARTBEAT__TIMEOUT_SECONDS"] = $"{Timeout}",
        });
        var (program, arguments) = network.There(
            ArautoProcess.Dotnet, ArautoProcess.Assembly, "listen", "--url", $"{server.Http}", "--token", server.Token("alice"), "--channel", "updates", "--transport", transport);
        await using var listener = ChildProcess.Start(program, arguments, _folder.Path);
        listener.CloseInput();
        using var http = server.Client();
        await Eventually.TrueAsync("it is there", async () => await CountAsync() == 1);

        network.PullCable();

        var watch = Stopwatch.StartNew();
        await Eventually.TrueAsync("it is gone", async () => await CountAsync() == 0);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, Timeout * 4);

        async ValueTask<int> CountAsync()
        {
            var metrics = await http.GetStringAsync(new Uri(server.Metrics!, "/metrics"), Cancelled);
            var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith($"arauto_connections{{transport=\"{label}\"", StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
