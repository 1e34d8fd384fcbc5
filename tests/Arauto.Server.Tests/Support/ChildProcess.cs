using System.Diagnostics;
using System.Globalization;

namespace Arauto.Server.Tests.Support;

/// <summary>A child process whose output is kept line by line, as it comes. Killed at the end.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly Task _reading;

    private ChildProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    public IReadOnlyList<string> Output => Copy(_output);

    public IReadOnlyList<string> Errors => Copy(_errors);

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program. It inherits the environment without any variable of Arauto's.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var ours in start.Environment.Keys.Where(name => name.StartsWith("ARAUTO_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(ours);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Waits for a line on standard output.</summary>
    public Task<string> OutputAsync(string what, Func<string, bool> isIt, int skip = 0) => LineAsync(what, _output, isIt, skip);

    /// <summary>Waits for a line on standard error.</summary>
    public Task<string> ErrorAsync(string what, Func<string, bool> isIt, int skip = 0) => LineAsync(what, _errors, isIt, skip);

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, which .NET cannot send.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id.ToString(CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end and for the last line.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(within ?? Deadline);
        try
        {
            await _process.WaitForExitAsync(late.Token);
            await _reading.WaitAsync(late.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The process did not end within {(within ?? Deadline).TotalSeconds} s. {Describe()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>Everything it said, for a test's failure.</summary>
    public string Describe() => $"\n--- output\n{string.Join('\n', Output)}\n--- errors\n{string.Join('\n', Errors)}\n---";

    private async Task<string> LineAsync(string what, List<string> lines, Func<string, bool> isIt, int skip)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var ended = _process.HasExited && _reading.IsCompleted;
            if (Copy(lines).Skip(skip).FirstOrDefault(isIt) is { } line) return line;
            if (ended) Assert.Fail($"The process ended with {_process.ExitCode} before {what}. {Describe()}");
            if (watch.Elapsed > Deadline) Assert.Fail($"Within {Deadline.TotalSeconds} s there was no line: {what}. {Describe()}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_gate) return [.. lines];
    }

    private async Task ReadAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
            lock (_gate) lines.Add(line);
    }
}
