namespace Arauto.Scenarios.SocketIo;

/// <summary>The same Socket.IO work on Arauto and on the reference server on Node.js, interleaved so that a busy machine hits both alike.</summary>
internal static class SocketIoScenario
{
    /// <summary>What the others are compared with.</summary>
    private const string Reference = "socket.io";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var variants = Variants(arguments.Text("host", ""), arguments.Text("peer", ""));
        var chosen = arguments.List("servers", string.Join(',', variants.Select(variant => variant.Name)));
        variants = [.. variants.Where(variant => chosen.Contains(variant.Name))];
        var loads = await MeasureLoadsAsync(arguments, variants);
        var memories = await MeasureMemoriesAsync(arguments, variants);
        arguments.Save(new { Loads = loads, Memories = memories });
        Print(arguments.Number("connections", 1000), loads);
        Print(memories);
        return 0;
    }

    private static SocketIoVariant[] Variants(string host, string peer) =>
    [
        new(Reference, "node", [peer], ("NODE_ENV", "production")),
        new("socket.io-recovery", "node", [peer, "recovery"], ("NODE_ENV", "production")),
        new("arauto", "dotnet", [host], ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1")),
        new("arauto-pool", "dotnet", [host], ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0")),
    ];

    private static async Task<List<SocketIoLoad>> MeasureLoadsAsync(Arguments arguments, SocketIoVariant[] variants)
    {
        var loads = new List<SocketIoLoad>();
        var (connections, seconds, payload) = (arguments.Number("connections", 1000), arguments.Number("seconds", 6), arguments.Number("payload", 128));
        for (var round = 0; round < arguments.Number("rounds", 3); round++)
        {
            foreach (var rate in arguments.List("rates", "40,100").Select(int.Parse))
            {
                foreach (var variant in variants)
                {
                    var load = await SocketIoLoad.MeasureAsync(variant, connections, rate, seconds, payload);
                    loads.Add(load);
                    Console.WriteLine($"{rate,4}/s {load.Server,-18} {load.ProcessorPerDelivery,6:0.0} us/delivery, p50 {load.P50 / 1000:0.00} ms, p99 {load.P99 / 1000:0.00} ms, missing {load.Missing}, other processors {load.OtherProcessors:0.00}");
                }
            }
        }
        return loads;
    }

    private static async Task<List<SocketIoMemory>> MeasureMemoriesAsync(Arguments arguments, SocketIoVariant[] variants)
    {
        var memories = new List<SocketIoMemory>();
        foreach (var variant in variants)
        {
            var memory = await SocketIoMemory.MeasureAsync(variant, arguments.Number("idle", 5000), TimeSpan.FromSeconds(arguments.Number("settle", 25)));
            memories.Add(memory);
            Console.WriteLine($"idle {memory.Server,-18} {memory.Before / 1e6:0.0} -> {memory.After / 1e6:0.0} MB");
        }
        return memories;
    }

    private static void Print(int connections, List<SocketIoLoad> loads)
    {
        Console.WriteLine($"\nMedians. Ratio: to {Reference} at the same rate.\n");
        Console.WriteLine("| load | server | cpu us/delivery | ratio | p50 ms | p99 ms | ratio | missing | other |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var rate in loads.GroupBy(load => load.Rate))
        {
            var reference = rate.Where(load => load.Server == Reference).ToArray();
            foreach (var server in rate.GroupBy(load => load.Server))
            {
                var (cost, p99) = (Median(server, load => load.ProcessorPerDelivery), Median(server, load => load.P99));
                Console.WriteLine(
                    $"| 1 x {connections} at {rate.Key}/s | {server.Key} | {cost:0.0} | {Ratio(cost, reference, load => load.ProcessorPerDelivery)} | {Median(server, load => load.P50) / 1000:0.00} "
                    + $"| {p99 / 1000:0.00} | {Ratio(p99, reference, load => load.P99)} | {server.Sum(load => load.Missing)} | {Median(server, load => load.OtherProcessors):0.00} |");
            }
        }
    }

    private static void Print(List<SocketIoMemory> memories)
    {
        var reference = memories.Find(memory => memory.Server == Reference)?.Each;
        Console.WriteLine("\n| server | idle connections | resident bytes each | ratio |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var memory in memories) Console.WriteLine($"| {memory.Server} | {memory.Connections:N0} | {memory.Each:N0} | {(reference is { } each ? $"{(double)memory.Each / each:0.00}" : "")} |");
    }

    private static double Median(IEnumerable<SocketIoLoad> loads, Func<SocketIoLoad, double> value) => Statistics.Median(loads.Select(value));

    private static string Ratio(double value, SocketIoLoad[] reference, Func<SocketIoLoad, double> of) => reference.Length == 0 ? "" : $"{value / Median(reference, of):0.00}";
}
