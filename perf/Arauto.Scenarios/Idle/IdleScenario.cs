using Arauto.Scenarios.Clients;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.Idle;

/// <summary>What idle connections cost in memory: resident bytes of the server and what of them the garbage collector holds, with few and with many.</summary>
internal static class IdleScenario
{
    private const int RoomSize = 100;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var rows = new List<IdleResult>();
        foreach (var count in arguments.List("connections", "1000,9000").Select(int.Parse)) rows.Add(await MeasureAsync(arguments, count));
        arguments.Save(rows);
        Console.WriteLine("\n| connections | resident bytes each | held by the collector, bytes each |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var row in rows) Console.WriteLine($"| {row.Connections:N0} | {row.ResidentEach:N0} | {row.HeapEach:N0} |");
        if (rows.Count > 1)
        {
            var (first, last) = (rows[0], rows[^1]);
            var more = (double)(last.Connections - first.Connections);
            Console.WriteLine($"| each beyond {first.Connections:N0} | {((last.Resident - last.ResidentBefore) - (first.Resident - first.ResidentBefore)) / more:N0} | {((last.Heap - last.HeapBefore) - (first.Heap - first.HeapBefore)) / more:N0} |");
        }
        return 0;
    }

    private static async Task<IdleResult> MeasureAsync(Arguments arguments, int count)
    {
        await using var server = await ServerProcess.StartAsync(arguments.Text("server", ""), """{"subscribe":"any","publish":"any","durable":false}""");
        using var fleet = new Fleet();
        // What comes with the first connections, compiled code above all, is not theirs.
        using (var first = new Fleet()) await first.OpenAsync(server, 300, i => $"bench:{i / RoomSize}");
        await Task.Delay(TimeSpan.FromSeconds(2));
        var (resident, heap) = (server.ResidentBytes(), await HeapAsync(server));
        await fleet.OpenAsync(server, count, i => $"bench:{i / RoomSize}");
        // The lanes let go of what the handshakes needed.
        await Task.Delay(TimeSpan.FromSeconds(arguments.Number("settle", 25)));
        if (fleet.Closed > 0) throw new InvalidOperationException($"The server closed {fleet.Closed} connections.");
        var result = new IdleResult(count, resident, server.ResidentBytes(), heap, await HeapAsync(server));
        Console.WriteLine($"{count:N0} connections: resident {resident / 1e6:0.0} -> {result.Resident / 1e6:0.0} MB, collector {heap / 1e6:0.0} -> {result.Heap / 1e6:0.0} MB");
        return result;
    }

    private static async Task<long> HeapAsync(ServerProcess server) => (long)await server.MetricAsync("dotnet_gc_committed_bytes");
}
