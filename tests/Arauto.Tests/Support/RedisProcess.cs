using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Arauto.Redis;
using Arauto.Redis.Links;

namespace Arauto.Tests.Support;

/// <summary>One process of redis-server or redis-sentinel on a port of its own, with its files in a temporary folder. Ends with the test.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    /// <summary>Ports that were given away in this process, and are not given again: who got one may be about to listen, or to listen again.</summary>
    private static readonly ConcurrentDictionary<int, bool> Given = [];

    private readonly string _program;
    private readonly Func<RedisProcess, IEnumerable<string>> _arguments;
    private Process? _process;

    private RedisProcess(string program, Func<RedisProcess, IEnumerable<string>> arguments)
    {
        _program = program;
        _arguments = arguments;
    }

    /// <summary>Where it keeps its files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("arauto-redis-").FullName;

    /// <summary>The port; the same for all its lives.</summary>
    public int Port { get; private set; }

    /// <summary>Whether it has not been killed.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts a program, or skips the test where it is not installed.</summary>
    /// <param name="program">redis-server or redis-sentinel.</param>
    /// <param name="package">The Debian package that has it.</param>
    /// <param name="arguments">Its command line, asked for at every start.</param>
    /// <param name="port">Its port, if others know it already; any free one otherwise.</param>
    public static async Task<RedisProcess> StartAsync(string program, string package, Func<RedisProcess, IEnumerable<string>> arguments, int? port = null)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is not here; install the Debian package {package}.");
        var process = new RedisProcess(path!, arguments) { Port = port ?? FreePort() };
        // Somebody may take a free port between the look and the start.
        for (var tries = port is null ? 5 : 1; !await process.TryStartAsync(); process.Port = FreePort())
            if (--tries == 0) Assert.Fail($"{program} does not start on port {process.Port}.");
        return process;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Starts again after <see cref="Kill"/>, on the same port.</summary>
    public async Task RestartAsync(bool keepData = true)
    {
        _process?.Dispose();
        if (!keepData)
        {
            await Eventually.TrueAsync("its folder is gone", TryDeleteFolder);
            Directory.CreateDirectory(Folder);
        }
        Assert.True(await TryStartAsync(), $"{_program} does not start again on port {Port}.");
    }

    /// <summary>Stops the process without ending it; its sockets stay open and say nothing.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Has it execute a command, whatever its role.</summary>
    public async Task<RedisReply> AskAsync(string name, params RedisArg[] args)
    {
        Assert.True(RedisAddress.TryParse($"redis://127.0.0.1:{Port}", out var address));
        var connector = new RedisConnector(new RedisClientOptions { Address = address!, CommandTimeout = TimeSpan.FromSeconds(20) }, TimeProvider.System);
        await using var connection = await connector.OpenAnyAsync(address!.Hosts[0], TestContext.Current.CancellationToken);
        return await connection.ExecuteAsync(new RedisCommand(name, args), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process?.Dispose();
        await Eventually.TrueAsync("its folder is gone", TryDeleteFolder);
    }

    /// <summary>A port that is free and stays it: below those that the system gives to outgoing connections, of which other tests make many.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            if (!Given.TryAdd(port, true)) continue;
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>A process that it has forked, to write its file anew, may still be there and write.</summary>
    private bool TryDeleteFolder()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private async Task<bool> TryStartAsync()
    {
        var start = new ProcessStartInfo(_program, _arguments(this)) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal) && !line.Contains("Sentinel ID is", StringComparison.Ordinal)) continue;
            // Reads on so that the pipe never fills; ends with the process.
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return true;
        }
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return false;
    }
}
