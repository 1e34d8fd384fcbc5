using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Proxies;

/// <summary>
/// Clients behind a round-robin proxy in front of two nodes that share a SQLite file. No request is bound to a node, one of
/// which is killed in the middle, and every client sees every message once and in order.
/// </summary>
public sealed class LoadBalancerTests : IDisposable
{
    private const string Channel = "public:balanced";
    private const int Messages = 60;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>nginx does not pass WebSocket on unless it is told to, so the client has to find another way.</summary>
    [Fact]
    public Task Through_nginx_as_installed() => RunAsync(LoadBalancer.StartNginxAsync, automatic: "sse");

    [Fact]
    public Task Through_HAProxy_as_installed() => RunAsync(LoadBalancer.StartHaProxyAsync, automatic: "websocket");

    private async Task RunAsync(Func<string, Uri, Uri, Task<LoadBalancer>> startBalancer, string automatic)
    {
        var data = Path.Combine(_folder.Path, "data");
        await using var first = await ServerProcess.StartAsync(_folder.Path, ["--data", data, "--node", "first"]);
        await using var second = await ServerProcess.StartAsync(_folder.Path, ["--data", data, "--node", "second"]);
        await using var balancer = await startBalancer(_folder.Path, first.Http, second.Http);
        var token = first.Token("alice");
        using var http = new HttpClient { BaseAddress = balancer.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var start = (string)(await http.GetFromJsonAsync<JsonObject>($"/poll?channels={Channel}&wait=0", Cancelled))!["cursor"]!;

        string[] transports = ["auto", "sse", "poll"];
        var listeners = transports.Select(transport => Listen(balancer, token, start, transport)).ToArray();
        try
        {
            for (var i = 0; i < Messages; i++)
            {
                if (i == Messages / 2)
                {
                    await EveryoneIsServedByBothAsync(first, second);
                    first.Process.Kill();
                }
                await PublishAsync(http, i);
            }
            for (var i = 0; i < listeners.Length; i++) await SawAllAsync(listeners[i], $"{transports[i]} {balancer.Describe()}{second.Process.Describe()}");
            Assert.Contains(listeners[0].Errors, line => line.Contains(automatic, StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            foreach (var listener in listeners) await listener.DisposeAsync();
        }
    }

    private ChildProcess Listen(LoadBalancer balancer, string token, string since, string transport)
    {
        var listener = ArautoProcess.Start(_folder.Path, ["listen", "--url", $"{balancer.Address}", "--token", token, "--channel", Channel, "--since", since, "--transport", transport]);
        listener.CloseInput();
        return listener;
    }

    /// <summary>Publishes until it is answered, with one key: the proxy may meet the dead node first.</summary>
    private static async Task PublishAsync(HttpClient http, int number)
    {
        var message = new { channel = Channel, @event = "n", data = number, key = $"message {number}" };
        await Eventually.TrueAsync($"message {number} is published", async () =>
        {
            try
            {
                return (await http.PostAsJsonAsync("/v1/publish", message, Cancelled)).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private static async Task EveryoneIsServedByBothAsync(params ServerProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            using var http = node.Client();
            await Eventually.TrueAsync("each node has had connections", async () =>
            {
                var metrics = await http.GetStringAsync(new Uri(node.Metrics!, "/metrics"), Cancelled);
                return !metrics.Split('\n').Contains("arauto_connections_opened_total 0");
            });
        }
    }

    private static async Task SawAllAsync(ChildProcess listener, string who)
    {
        await listener.OutputAsync($"the last message ({who})", line => (int)Read(line)["data"]! == Messages - 1);
        Assert.Equal(Enumerable.Range(0, Messages), listener.Output.Select(line => (int)Read(line)["data"]!));
    }

    private static JsonObject Read(string line) => JsonNode.Parse(line)!.AsObject();
}
