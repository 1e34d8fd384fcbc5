using System.Diagnostics;
using Arauto.Scenarios.Clients;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.SocketIo;

/// <summary>One server under one load: so many messages a second to everybody.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="ProcessorPerDelivery">Microseconds of the server's processor time.</param>
/// <param name="P50">Microseconds from when a message was due.</param>
/// <param name="P99">The same.</param>
/// <param name="Missing">Deliveries that did not come.</param>
/// <param name="OtherProcessors">Processors used by neither server nor clients.</param>
internal sealed record SocketIoLoad(string Server, int Rate, double ProcessorPerDelivery, double P50, double P99, long Missing, double OtherProcessors)
{
    private const int WarmUpSeconds = 3;
    private static readonly TimeSpan DeliveryDeadline = TimeSpan.FromSeconds(20);

    public static async Task<SocketIoLoad> MeasureAsync(SocketIoVariant variant, int connections, int rate, int seconds, int payloadBytes)
    {
        await using var server = await SocketIoServer.StartAsync(variant);
        using var fleet = new SocketIoFleet();
        await fleet.OpenAsync(server.Address, connections);
        using var publisher = await fleet.OpenPublisherAsync(server.Address);
        await PublishAsync(WarmUpSeconds * rate);
        var histogram = new LatencyHistogram();
        fleet.Histogram = histogram;
        var (server0, own0, all0, started) = (server.ProcessorTime(), OwnProcessorTime(), MachineLoad.BusySeconds(), Stopwatch.GetTimestamp());
        var missing = await PublishAsync(seconds * rate);
        var (used, own, all, took) = (server.ProcessorTime() - server0, OwnProcessorTime() - own0, MachineLoad.BusySeconds() - all0, Stopwatch.GetElapsedTime(started));
        if (fleet.Closed > 0) throw new InvalidOperationException($"{variant.Name} closed {fleet.Closed} connections.");
        return new SocketIoLoad(
            variant.Name, rate, used.TotalMicroseconds / histogram.Count, histogram.Percentile(0.5), histogram.Percentile(0.99), missing, (all - used.TotalSeconds - own.TotalSeconds) / took.TotalSeconds);

        async Task<long> PublishAsync(int count)
        {
            var expected = fleet.Delivered + ((long)count * connections);
            await PacedPublisher.RunAsync(publisher, SocketIoFleet.Message(payloadBytes), count, rate);
            await Wait.TryUntilAsync(() => fleet.Delivered >= expected, DeliveryDeadline);
            return expected - fleet.Delivered;
        }
    }

    private static TimeSpan OwnProcessorTime() => Process.GetCurrentProcess().TotalProcessorTime;
}
