using Arauto.Scenarios.SocketIo;

namespace Arauto.Scenarios.Nodes;

/// <summary>Two nodes on one Redis: Arauto, and the reference server on Node.js with its Redis adapter, interleaved so that a busy machine hits both alike.</summary>
internal static class NodesScenario
{
    /// <summary>What the other is compared with.</summary>
    private const string Reference = "socket.io";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        SocketIoVariant[] variants =
        [
            new(Reference, "node", [arguments.Text("peer", "")], ("NODE_ENV", "production")),
            new("arauto", "dotnet", [arguments.Text("host", "")], ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1")),
        ];
        var loads = new List<NodesLoad>();
        var (connections, seconds, payload) = (arguments.Number("connections", 500), arguments.Number("seconds", 6), arguments.Number("payload", 128));
        for (var round = 0; round < arguments.Number("rounds", 3); round++)
        {
            foreach (var rate in arguments.List("rates", "40,100").Select(int.Parse))
            {
                foreach (var variant in variants)
                {
                    var load = await NodesLoad.MeasureAsync(variant, connections, rate, seconds, payload);
                    loads.Add(load);
                    Console.WriteLine(
                        $"{rate,4}/s {load.Server,-10} {load.ProcessorPerDelivery,6:0.0} us/delivery (Redis {load.RedisPerDelivery:0.0}), p99 here {load.HereP99 / 1000:0.00} ms, there {load.ThereP99 / 1000:0.00} ms, "
                        + $"missing {load.Missing}, other processors {load.OtherProcessors:0.00}");
                }
            }
        }
        arguments.Save(loads);
        Print(connections, loads);
        return 0;
    }

    private static void Print(int connections, List<NodesLoad> loads)
    {
        Console.WriteLine($"\nMedians. Ratio: to {Reference} at the same rate. Processor time of both servers and Redis.\n");
        Console.WriteLine("| load | servers | cpu us/delivery | ratio | of it Redis | p99 ms here | there | ratio | missing | other |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var rate in loads.GroupBy(load => load.Rate))
        {
            var reference = rate.Where(load => load.Server == Reference).ToArray();
            foreach (var server in rate.GroupBy(load => load.Server))
            {
                var (cost, there) = (Median(server, load => load.ProcessorPerDelivery), Median(server, load => load.ThereP99));
                Console.WriteLine(
                    $"| 2 x {connections} at {rate.Key}/s | {server.Key} | {cost:0.0} | {cost / Median(reference, load => load.ProcessorPerDelivery):0.00} | {Median(server, load => load.RedisPerDelivery):0.0} "
                    + $"| {Median(server, load => load.HereP99) / 1000:0.00} | {there / 1000:0.00} | {there / Median(reference, load => load.ThereP99):0.00} | {server.Sum(load => load.Missing)} | {Median(server, load => load.OtherProcessors):0.00} |");
            }
        }
    }

    private static double Median(IEnumerable<NodesLoad> loads, Func<NodesLoad, double> value) => Statistics.Median(loads.Select(value));
}
