using System.Diagnostics;
using Arauto.Logs;
using Arauto.Server.Stores.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Stores;

/// <summary>Measurements, run when asked for: <c>-explicit only -class "*SqliteThroughput"</c>. They fail only if appends fail.</summary>
public sealed class SqliteThroughput
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    [Theory(Explicit = true)]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(256, 1)]
    [InlineData(256, 256)]
    public async Task Appends_of_200_bytes(int publishers, int channels)
    {
        using var folder = new TemporaryFolder();
        await using var store = new SqliteStore(new SqliteStoreOptions { Path = folder.Database }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        await PublishAsync(store, "warm:0", TimeSpan.FromMilliseconds(300));

        var commits = store.Writer.Commits;
        var watch = Stopwatch.StartNew();
        var runs = await Task.WhenAll(Enumerable.Range(0, publishers).Select(publisher => Task.Run(() => PublishAsync(store, $"room:{publisher % channels}", Duration))));
        var seconds = watch.Elapsed.TotalSeconds;
        var latencies = runs.SelectMany(run => run).Order().ToList();
        double At(double quantile) => latencies[(int)(latencies.Count * quantile)].TotalMilliseconds;
        TestContext.Current.SendDiagnosticMessage(
            $"{publishers} publishers, {channels} channels: {latencies.Count / seconds:F0} appends/s in {(store.Writer.Commits - commits) / seconds:F0} commits/s; " +
            $"p50 {At(0.5):F2} ms, p99 {At(0.99):F2} ms, max {latencies[^1].TotalMilliseconds:F1} ms");
    }

    private static async Task<List<TimeSpan>> PublishAsync(SqliteStore store, string channel, TimeSpan duration)
    {
        var latencies = new List<TimeSpan>();
        var data = new byte[200];
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var now = TimeProvider.System.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            var start = Stopwatch.GetTimestamp();
            await store.Log.AppendAsync(
                new AppendRequest
                {
                    Channel = channel,
                    Event = "chat",
                    Data = data,
                    Timestamp = now,
                    Id = id,
                    From = "alice",
                    CorrelationId = id.ToString("D"),
                    Retention = default,
                },
                CancellationToken.None);
            latencies.Add(Stopwatch.GetElapsedTime(start));
        }

        return latencies;
    }
}
