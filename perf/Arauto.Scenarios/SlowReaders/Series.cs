using System.Diagnostics;
using Arauto.Scenarios.Clients;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.SlowReaders;

/// <summary>Runs the phases of one series against one server.</summary>
internal sealed class Series(ServerProcess server, SeriesSettings settings)
{
    private const string Channel = "bench:slow";
    private const int FillRate = 2000;
    private const int FillStep = 250;
    private const int MostToFill = 100_000;
    private static readonly TimeSpan DeliveryDeadline = TimeSpan.FromSeconds(20);

    private int _prefill;

    public async Task<SeriesResult> RunAsync()
    {
        using var fleet = new Fleet();
        await fleet.OpenAsync(server, settings.Readers, _ => Channel);
        using var publisher = await LoadConnection.ConnectAsync(server.Address, static (_, _) => { }, server.Token("publisher"));
        // Afterwards every phase, A and B, begins with as many messages as leave the bound to be reached halfway through B.
        _prefill = Math.Max(0, await FindBoundAsync(fleet, publisher) - (settings.Rate * settings.Seconds / 2));
        // Both kinds once without counting, so that neither meets code that was not compiled yet.
        await RunPhaseAsync(fleet, publisher, isSlow: true);
        await RunPhaseAsync(fleet, publisher, isSlow: false);
        var start = server.ResidentBytes();
        var phases = new List<PhaseResult>();
        for (var pair = 0; pair < settings.Pairs; pair++)
        {
            phases.Add(await RunPhaseAsync(fleet, publisher, isSlow: false));
            phases.Add(await RunPhaseAsync(fleet, publisher, isSlow: true));
        }
        if (fleet.Closed > 0) throw new InvalidOperationException($"The server closed {fleet.Closed} of the readers that keep up.");
        return new SeriesResult(settings, phases, start, server.ResidentBytes());
    }

    /// <summary>How many messages it takes, at least, until the policy acts: the server's queue of 1 MiB and whatever the kernel takes on top.</summary>
    private async Task<int> FindBoundAsync(Fleet fleet, LoadConnection publisher)
    {
        using var guest = await Guest.JoinAsync(server, Channel, isSlow: true);
        var before = await ActedAsync();
        for (var sent = FillStep; sent <= MostToFill; sent += FillStep)
        {
            await PublishAsync(fleet, publisher, FillStep, FillRate);
            if (await ActedAsync() > before) return sent - FillStep;
        }
        throw new InvalidOperationException($"The slow reader was not noticed within {MostToFill} messages.");
    }

    private async Task<PhaseResult> RunPhaseAsync(Fleet fleet, LoadConnection publisher, bool isSlow)
    {
        using var guest = await Guest.JoinAsync(server, Channel, isSlow);
        var memory = new MemoryWatch(server);
        await PublishAsync(fleet, publisher, _prefill, FillRate);
        var histogram = new LatencyHistogram();
        fleet.Histogram = histogram;
        var count = settings.Rate * settings.Seconds;
        var acted = await ActedAsync();
        var (server0, own0, all0, started) = (server.ProcessorTime(), OwnProcessorTime(), MachineLoad.BusySeconds(), Stopwatch.GetTimestamp());
        var missing = await PublishAsync(fleet, publisher, count, settings.Rate);
        var (used, own, all, took) = (server.ProcessorTime() - server0, OwnProcessorTime() - own0, MachineLoad.BusySeconds() - all0, Stopwatch.GetElapsedTime(started));
        acted = await ActedAsync() - acted;
        fleet.Histogram = null;
        var fate = await guest.FinishAsync(_prefill + count);
        return new PhaseResult(
            isSlow,
            histogram.Percentile(0.5),
            histogram.Percentile(0.99),
            missing,
            used.TotalMicroseconds / histogram.Count,
            await memory.StopAsync(),
            (all - used.TotalSeconds - own.TotalSeconds) / took.TotalSeconds,
            isSlow ? $"policy acted {acted:N0} times while measured; {fate}" : fate);
    }

    /// <returns>How many deliveries did not come.</returns>
    private async Task<long> PublishAsync(Fleet fleet, LoadConnection publisher, int count, int rate)
    {
        var expected = fleet.Delivered + ((long)count * settings.Readers);
        await PacedPublisher.RunAsync(publisher, $$"""{"type":"publish","channel":"{{Channel}}","event":"bench","data":"{{PacedPublisher.Data(settings.PayloadBytes)}}"}""", count, rate);
        await Wait.TryUntilAsync(() => fleet.Delivered >= expected, DeliveryDeadline);
        return expected - fleet.Delivered;
    }

    private Task<double> ActedAsync() => server.MetricAsync("arauto_slow_consumers_total");

    private static TimeSpan OwnProcessorTime() => Process.GetCurrentProcess().TotalProcessorTime;
}
