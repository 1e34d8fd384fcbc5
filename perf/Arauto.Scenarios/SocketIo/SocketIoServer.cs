using System.Diagnostics;
using System.Globalization;
using System.Net;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.SocketIo;

/// <summary>A Socket.IO server in a process of its own. It says its port in the first line, joins clients to rooms on <c>join</c> and passes on what comes as <c>publish</c>.</summary>
internal sealed class SocketIoServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private SocketIoServer(Process process, int port)
    {
        _process = process;
        Address = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Address { get; }

    public static async Task<SocketIoServer> StartAsync(SocketIoVariant variant)
    {
        var start = new ProcessStartInfo(variant.Program, variant.Arguments) { RedirectStandardOutput = true };
        // What this program sets for itself must not reach the server.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in variant.Environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(StartDeadline);
        var line = await process.StandardOutput.ReadLineAsync(late.Token)
            ?? throw new InvalidOperationException($"{variant.Name} ended before it listened; what it said stands above.");
        return new SocketIoServer(process, int.Parse(line, CultureInfo.InvariantCulture));
    }

    /// <summary>The processor time used so far.</summary>
    public TimeSpan ProcessorTime() => ProcessGauge.ProcessorTime(_process);

    /// <summary>Resident bytes.</summary>
    public long ResidentBytes() => ProcessGauge.ResidentBytes(_process);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
