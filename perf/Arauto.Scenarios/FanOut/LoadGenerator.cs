using System.Diagnostics;
using System.Text.Json;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.FanOut;

/// <summary>The load generator wsload, which is not part of this repository: built at run time from the folder that WSLOAD_SOURCE names.</summary>
internal sealed class LoadGenerator
{
    private const string Variable = "WSLOAD_SOURCE";
    private readonly string _program;

    private LoadGenerator(string program) => _program = program;

    /// <summary>Builds it.</summary>
    /// <returns><see langword="null"/> if there is no source; says so.</returns>
    public static async Task<LoadGenerator?> TryBuildAsync()
    {
        var source = Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", "wsload.cpp");
        if (!File.Exists(source))
        {
            Console.WriteLine($"Skipped: {Variable} must name the folder of wsload.cpp.");
            return null;
        }
        var program = Path.Combine(Directory.CreateTempSubdirectory("arauto-wsload-").FullName, "wsload");
        using var compiler = Process.Start("g++", ["-O2", "-std=c++17", "-pthread", "-o", program, source]);
        await compiler.WaitForExitAsync();
        if (compiler.ExitCode != 0) throw new InvalidOperationException("wsload.cpp could not be built.");
        return new LoadGenerator(program);
    }

    /// <summary>Runs it against a server.</summary>
    public async Task<LoadResult> RunAsync(ServerProcess server, FanOutCase @case, int seconds)
    {
        var url = $"ws://{server.Address}/ws";
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true };
        string[] arguments =
        [
            "--url", url, "--pub-url", url, "--header", $"Authorization: Bearer {server.Token("bench")}",
            "--send", """{"type":"subscribe","id":1,"channel":"bench:%g"}""", "--wait", "\"reply\"",
            "--pub-frame", """{"type":"publish","channel":"bench:%g","event":"m","data":"T=%t;S=%s;%p"}""",
            "--conns", $"{@case.Connections}", "--groups", $"{@case.Rooms}", "--rate", $"{@case.Rate}",
            "--warmup", "3", "--duration", $"{seconds}", "--server-pid", $"{server.Id}",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var load = Process.Start(start)!;
        var output = await load.StandardOutput.ReadToEndAsync();
        await load.WaitForExitAsync();
        if (load.ExitCode != 0) throw new InvalidOperationException($"wsload ended with {load.ExitCode}: {output}");
        using var json = JsonDocument.Parse(output);
        var result = json.RootElement;
        var latency = result.GetProperty("latency_us");
        return new LoadResult(
            result.GetProperty("server_cpu_us_per_delivery").GetDouble(),
            latency.GetProperty("p50").GetDouble(),
            latency.GetProperty("p99").GetDouble(),
            result.GetProperty("lost").GetInt64(),
            result.GetProperty("machine_other_cores").GetDouble());
    }
}
