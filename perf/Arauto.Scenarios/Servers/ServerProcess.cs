using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Arauto.Auth;

namespace Arauto.Scenarios.Servers;

/// <summary>The server under measurement, as shipped, in a process and a data folder of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Secret = "a secret of thirty-two bytes or more, for benchmarks";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _data;
    private readonly HttpClient _http = new();
    private readonly TokenIssuer _tokens = new(new AuthOptions { JwtSecret = Secret }, TimeProvider.System);

    private ServerProcess(Process process, string data, int port, int metricsPort)
    {
        _process = process;
        _data = data;
        Address = new IPEndPoint(IPAddress.Loopback, port);
        Metrics = new Uri($"http://127.0.0.1:{metricsPort}/metrics");
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Where its metrics are.</summary>
    public Uri Metrics { get; }

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the server and waits until it is ready.</summary>
    /// <param name="dll">Its assembly.</param>
    /// <param name="channels">The rules of <c>bench:</c>, as JSON.</param>
    /// <param name="environment">Further variables.</param>
    public static async Task<ServerProcess> StartAsync(string dll, string channels, IReadOnlyDictionary<string, string>? environment = null)
    {
        var data = Directory.CreateTempSubdirectory("arauto-perf-").FullName;
        var (port, metricsPort) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = data, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { dll, "serve", "--listen", $"127.0.0.1:{port}", "--metrics", $"127.0.0.1:{metricsPort}", "--data", data, "--log-level", "error" }) start.ArgumentList.Add(argument);
        // What this program sets for itself must not reach the server, which is to run as shipped.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("ARAUTO_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        start.Environment["ARAUTO_JWT_SECRET"] = Secret;
        start.Environment["ARAUTO_CHANNELS"] = $$"""{"bench:":{{channels}}}""";
        start.Environment["ARAUTO_CONNECTIONS_PER_USER"] = "0";
        start.Environment["ARAUTO_CONNECTIONS_PER_SECOND"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var server = new ServerProcess(Process.Start(start)!, data, port, metricsPort);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>A token.</summary>
    public string Token(string user) => _tokens.Issue(user, TimeSpan.FromHours(2));

    /// <summary>The processor time used so far.</summary>
    public TimeSpan ProcessorTime() => ProcessGauge.ProcessorTime(_process);

    /// <summary>Resident bytes.</summary>
    public long ResidentBytes() => ProcessGauge.ResidentBytes(_process);

    /// <summary>The sum over the series of a metric whose line contains a text.</summary>
    public async Task<double> MetricAsync(string name, string containing = "")
    {
        var text = await _http.GetStringAsync(Metrics);
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{' && line.Contains(containing, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        _process.BeginOutputReadLine();
        var errors = _process.StandardError.ReadToEndAsync();
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server did not start: {await errors}");
            if (Stopwatch.GetElapsedTime(started) > StartDeadline) throw new TimeoutException("The server was not ready in time.");
            try
            {
                using var answer = await _http.GetAsync(new Uri($"http://{Address}/readyz"));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(50);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
