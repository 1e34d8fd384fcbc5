using System.Diagnostics;
using Arauto.Scenarios.Clients;
using Arauto.Scenarios.Servers;
using Arauto.Scenarios.SocketIo;

namespace Arauto.Scenarios.Nodes;

/// <summary>Two servers on one Redis under one load: one room over both, published on the first.</summary>
/// <param name="Server">The servers' name.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="ProcessorPerDelivery">Microseconds of processor time of both servers and Redis.</param>
/// <param name="RedisPerDelivery">The part of Redis.</param>
/// <param name="HereP99">Microseconds from when a message was due to the clients of the first server.</param>
/// <param name="ThereP99">The same to those of the other.</param>
/// <param name="Missing">Deliveries that did not come.</param>
/// <param name="OtherProcessors">Processors used by none of them.</param>
internal sealed record NodesLoad(string Server, int Rate, double ProcessorPerDelivery, double RedisPerDelivery, double HereP99, double ThereP99, long Missing, double OtherProcessors)
{
    private const int WarmUpSeconds = 3;
    private static readonly TimeSpan DeliveryDeadline = TimeSpan.FromSeconds(20);

    public static async Task<NodesLoad> MeasureAsync(SocketIoVariant variant, int connectionsEach, int rate, int seconds, int payloadBytes)
    {
        await using var redis = await RedisProcess.StartAsync();
        var onRedis = variant with { Environment = [.. variant.Environment, ("REDIS_URL", redis.Url)] };
        await using var first = await SocketIoServer.StartAsync(onRedis);
        await using var second = await SocketIoServer.StartAsync(onRedis);
        using var here = new SocketIoFleet();
        using var there = new SocketIoFleet();
        await here.OpenAsync(first.Address, connectionsEach);
        await there.OpenAsync(second.Address, connectionsEach);
        using var publisher = await here.OpenPublisherAsync(first.Address);
        await PublishAsync(WarmUpSeconds * rate);
        var (hereTimes, thereTimes) = (new LatencyHistogram(), new LatencyHistogram());
        (here.Histogram, there.Histogram) = (hereTimes, thereTimes);
        var (servers0, redis0, own0, all0, started) = (Servers(), redis.ProcessorTime(), OwnProcessorTime(), MachineLoad.BusySeconds(), Stopwatch.GetTimestamp());
        var missing = await PublishAsync(seconds * rate);
        var (servers, ofRedis, own, all, took) = (Servers() - servers0, redis.ProcessorTime() - redis0, OwnProcessorTime() - own0, MachineLoad.BusySeconds() - all0, Stopwatch.GetElapsedTime(started));
        if (here.Closed + there.Closed > 0) throw new InvalidOperationException($"{variant.Name} closed {here.Closed + there.Closed} connections.");
        var deliveries = hereTimes.Count + thereTimes.Count;
        return new NodesLoad(
            variant.Name,
            rate,
            (servers + ofRedis).TotalMicroseconds / deliveries,
            ofRedis.TotalMicroseconds / deliveries,
            hereTimes.Percentile(0.99),
            thereTimes.Percentile(0.99),
            missing,
            (all - servers.TotalSeconds - ofRedis.TotalSeconds - own.TotalSeconds) / took.TotalSeconds);

        TimeSpan Servers() => first.ProcessorTime() + second.ProcessorTime();

        async Task<long> PublishAsync(int count)
        {
            var expected = here.Delivered + there.Delivered + (2L * count * connectionsEach);
            await PacedPublisher.RunAsync(publisher, SocketIoFleet.Message(payloadBytes), count, rate);
            await Wait.TryUntilAsync(() => here.Delivered + there.Delivered >= expected, DeliveryDeadline);
            return expected - here.Delivered - there.Delivered;
        }
    }

    private static TimeSpan OwnProcessorTime() => Process.GetCurrentProcess().TotalProcessorTime;
}
