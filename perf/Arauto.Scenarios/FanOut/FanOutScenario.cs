using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.FanOut;

/// <summary>What a delivery costs the server, with the settings that are shipped and with others, interleaved so that a busy machine hits all alike.</summary>
internal static class FanOutScenario
{
    private static readonly FanOutCase[] Cases = [new("room", 1000, 1, 100), new("rooms", 2000, 500, 2000)];

    private static readonly FanOutVariant[] Variants =
    [
        new("shipped", false),
        new("pool", false, ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0")),
        new("pool-nospin", false, ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0"), ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0")),
        new("nospin", false, ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0")),
        new("one-lane", false, ("ARAUTO_LANES", "1")),
        new("workstation-gc", false, ("DOTNET_gcServer", "0")),
        new("sqlite", true),
        new("sqlite-pool", true, ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0")),
        new("sqlite-one-lane", true, ("ARAUTO_LANES", "1")),
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (await LoadGenerator.TryBuildAsync() is not { } generator) return 0;
        var results = new List<(FanOutCase Case, FanOutVariant Variant, LoadResult Result)>();
        var variants = Variants.Where(variant => arguments.List("variants", string.Join(',', Variants.Select(known => known.Name))).Contains(variant.Name)).ToArray();
        for (var round = 0; round < arguments.Number("rounds", 3); round++)
        {
            foreach (var @case in Cases)
            {
                foreach (var variant in variants)
                {
                    await using var server = await ServerProcess.StartAsync(
                        arguments.Text("server", ""),
                        $$"""{"subscribe":"any","publish":"any","durable":{{(variant.IsDurable ? "true" : "false")}}}""",
                        variant.Environment.ToDictionary(pair => pair.Name, pair => pair.Value));
                    var result = await generator.RunAsync(server, @case, arguments.Number("seconds", 6));
                    results.Add((@case, variant, result));
                    Console.WriteLine($"{@case.Name,-6} {variant.Name,-16} {result.ProcessorPerDelivery,6:0.0} us/delivery, p50 {result.P50 / 1000:0.00} ms, p99 {result.P99 / 1000:0.00} ms, lost {result.Lost}, other processors {result.OtherProcessors:0.00}");
                }
            }
        }
        arguments.Save(results.Select(entry => new { Case = entry.Case.Name, Variant = entry.Variant.Name, entry.Result }));
        PrintTable(results);
        return 0;
    }

    private static void PrintTable(List<(FanOutCase Case, FanOutVariant Variant, LoadResult Result)> results)
    {
        Console.WriteLine("\nMedians. Ratio: to the first variant of the same load.\n");
        Console.WriteLine("| load | variant | cpu us/delivery | ratio | p50 ms | p99 ms |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var @case in results.GroupBy(entry => entry.Case))
        {
            double? first = null;
            foreach (var variant in @case.GroupBy(entry => entry.Variant.Name))
            {
                var cost = Statistics.Median(variant.Select(entry => entry.Result.ProcessorPerDelivery));
                first ??= cost;
                Console.WriteLine(
                    $"| {@case.Key.Rooms} x {@case.Key.Connections / @case.Key.Rooms} at {@case.Key.Rate}/s | {variant.Key} | {cost:0.0} | {cost / first:0.00} "
                    + $"| {Statistics.Median(variant.Select(entry => entry.Result.P50)) / 1000:0.00} | {Statistics.Median(variant.Select(entry => entry.Result.P99)) / 1000:0.00} |");
            }
        }
    }
}
