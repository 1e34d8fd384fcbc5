using System.Text;
using Arauto.Logs;
using Arauto.Logs.Memory;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks;

/// <summary>An append to the log in memory, which keeps the newest 100 messages.</summary>
public class MemoryLogBenchmarks
{
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(Messages.Payload);

    private readonly MemoryChannelLog _log = new(new MemoryLogOptions(), TimeProvider.System);
    private readonly AppendRequest _request = new()
    {
        Channel = "bench:log",
        Event = "chat",
        Data = Data,
        From = "alice",
        Timestamp = TimeProvider.System.GetUtcNow(),
        Id = new Guid("0195d6a0-7f00-7c00-8000-000000000002"),
        CorrelationId = "0195d6a0-7f00-7c00-8000-000000000002",
        Retention = new Retention(100, TimeSpan.FromHours(24)),
    };

    [GlobalCleanup]
    public void CleanUp() => _log.Dispose();

    [Benchmark]
    public void Append()
    {
        var appending = _log.AppendAsync(_request, CancellationToken.None);
        if (!appending.IsCompletedSuccessfully) throw new InvalidOperationException("The log in memory completes at once.");
    }
}
