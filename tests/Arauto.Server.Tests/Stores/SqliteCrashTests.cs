using System.Diagnostics;
using Arauto.Protocol.Frames;
using Arauto.Server.Stores.Sqlite;
using Arauto.StoreHost;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Stores;

public sealed class SqliteCrashTests : IDisposable
{
    private const int Kills = 6;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_was_acknowledged_before_kill_9_is_there_in_order_after_it()
    {
        var random = Seed.CreateRandom();
        var acknowledged = new List<Acknowledgement>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = acknowledged.Count;
            await RunUntilKilledAsync(random.Next(1, 4000), acknowledged);
            TestContext.Current.TestOutputHelper?.WriteLine($"kill {kill + 1}: {acknowledged.Count - before} acknowledged");
            await VerifyAsync(acknowledged);
        }
    }

    private async Task RunUntilKilledAsync(int lines, List<Acknowledgement> acknowledged)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        using var host = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Acknowledgement).Assembly.Location, _folder.Database])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var end = acknowledged.Count + lines;
            while (await host.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                if (Acknowledgement.TryParse(line) is { } acknowledgement) acknowledged.Add(acknowledgement);
                if (acknowledged.Count == end) host.Kill();
            }

            Assert.True(acknowledged.Count >= end, "The host ended by itself.");
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync(Token);
        }
    }

    private async Task VerifyAsync(List<Acknowledgement> acknowledged)
    {
        await using var store = new SqliteStore(new SqliteStoreOptions { Path = _folder.Database }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(Token);
        foreach (var channel in acknowledged.GroupBy(line => line.Channel))
        {
            var page = await store.Log.ReadAfterAsync(channel.Key, 0, int.MaxValue, Token);
            Assert.Equal(Enumerable.Range(1, (int)page.Top).Select(offset => (long)offset), page.Messages.Select(message => message.Position.Offset));
            foreach (var line in channel) AssertSame(line, page.Messages[(int)line.Offset - 1]);
        }
    }

    private static void AssertSame(Acknowledgement line, MessageFrame message)
    {
        Assert.Equal((line.Id, line.Epoch, line.Offset), (message.Id, message.Position.Epoch, message.Position.Offset));
        Assert.True(Acknowledgement.CreatePayload(line.Id).AsSpan().SequenceEqual(message.Data.Span));
    }
}
