using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.SlowReaders;

/// <summary>
/// The proof that a slow reader hurts nobody else: of 1,000 subscribers of one channel the last one reads in the phases A
/// and stops reading in the phases B, which alternate in one server, so that whatever else the machine does hits both.
/// </summary>
internal static class SlowReaderScenario
{
    /// <summary>What the issue allows: B's p99 over A's.</summary>
    private const double AllowedRatio = 1.2;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var results = new List<SeriesResult>();
        foreach (var rate in arguments.List("rates", "100,1000").Select(int.Parse))
        {
            foreach (var policy in arguments.List("policies", "disconnect,dropOldest,conflate"))
            {
                var settings = new SeriesSettings(
                    policy,
                    rate,
                    arguments.Number("readers", 999),
                    arguments.Number("pairs", 5),
                    arguments.Number("seconds", 6),
                    arguments.Number("payload", 128));
                await using var server = await ServerProcess.StartAsync(
                    arguments.Text("server", ""), $$"""{"subscribe":"any","publish":"any","durable":false,"slowConsumer":"{{policy}}"}""");
                var series = new Series(server, settings);
                results.Add(await series.RunAsync());
                Print(results[^1]);
            }
        }
        arguments.Save(results);
        PrintTable(results);
        var proven = results.TrueForAll(result => result.P99Ratio <= AllowedRatio);
        Console.WriteLine(proven ? $"p99 with a slow reader is at most {AllowedRatio:0.0} times that without, in every series." : $"In at least one series p99 rises to more than {AllowedRatio:0.0} times; look at the phases before believing it (other = processors used by others).");
        return proven ? 0 : 1;
    }

    private static void Print(SeriesResult result)
    {
        var settings = result.Settings;
        Console.WriteLine($"\n{settings.Policy}, {settings.Rate} messages/s of {settings.PayloadBytes} bytes to {settings.Readers + 1}");
        Console.WriteLine("phase  p50 us   p99 us  cpu us/delivery  peak MB  other  slow reader");
        foreach (var phase in result.Phases)
            Console.WriteLine($"{(phase.IsSlow ? 'B' : 'A')}    {phase.P50,8:N0} {phase.P99,8:N0}  {phase.ProcessorPerDelivery,15:0.00}  {phase.PeakBytes / 1e6,7:0.0}  {phase.OtherProcessors,5:0.00}  {phase.Fate}");
    }

    private static void PrintTable(List<SeriesResult> results)
    {
        Console.WriteLine("\n| policy | messages/s | p50 A | p50 B | p99 A | p99 B | p99 ratio of medians (of pairs) | cpu A, B us/delivery | RSS MB start, peak A, peak B, end | slow reader |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var result in results)
        {
            var (a, b) = (result.Of(slow: false), result.Of(slow: true));
            Console.WriteLine(
                $"| {result.Settings.Policy} | {result.Settings.Rate} | {Ms(a, p => p.P50)} | {Ms(b, p => p.P50)} | {Ms(a, p => p.P99)} | {Ms(b, p => p.P99)} "
                + $"| **{result.P99Ratio:0.00}** ({result.PairRatios.Min():0.00}-{result.PairRatios.Max():0.00}) "
                + $"| {Statistics.Median(a.Select(p => p.ProcessorPerDelivery)):0.0}, {Statistics.Median(b.Select(p => p.ProcessorPerDelivery)):0.0} "
                + $"| {result.StartBytes / 1e6:0}, {a.Max(p => p.PeakBytes) / 1e6:0}, {b.Max(p => p.PeakBytes) / 1e6:0}, {result.EndBytes / 1e6:0} | {b[^1].Fate} |");
        }
    }

    private static string Ms(PhaseResult[] phases, Func<PhaseResult, double> value) => $"{Statistics.Median(phases.Select(value)) / 1000:0.00} ms";
}
