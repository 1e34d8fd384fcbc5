using System.Diagnostics;
using System.Globalization;
using Arauto.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Benchmarks.Redis;

/// <summary>The Redis client alone beside <c>redis-benchmark</c>: the same commands, as many under way at once, against the same server in turn.</summary>
internal static class RedisThroughput
{
    private const int AtOnce = 512;
    private const int Commands = 780 * AtOnce;
    private const int Rounds = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly byte[] Value = new byte[128];

    public static async Task<int> RunAsync()
    {
        var port = 20_000 + Environment.ProcessId % 20_000;
        using var server = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--logfile", "/dev/null"]))!;
        try
        {
            if (!RedisAddress.TryParse($"redis://127.0.0.1:{port}", out var address)) throw new InvalidOperationException("The address is wrong.");
            await using var redis = new RedisClient(new RedisClientOptions { Address = address }, TimeProvider.System, NullLogger<RedisClient>.Instance);
            redis.Start();
            await ConnectedAsync(redis);
            Console.WriteLine($"| commands/s, {AtOnce} at once | redis-benchmark -c 1 -P {AtOnce} | ours | ratio |\n| --- | --- | --- | --- |");
            foreach (var name in (string[])["set", "get"])
            {
                var (theirs, ours) = (new List<double>(), new List<double>());
                for (var round = 0; round <= Rounds; round++)
                {
                    var (their, our) = (await TheirsAsync(port, name), await OursAsync(redis, name));
                    // The first is for warming up.
                    if (round == 0) continue;
                    theirs.Add(their);
                    ours.Add(our);
                }
                Console.WriteLine($"| {name} | {Median(theirs):N0} | {Median(ours):N0} | {Median(ours) / Median(theirs):0.00} |");
            }
            return 0;
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static async Task ConnectedAsync(RedisClient redis)
    {
        var started = Stopwatch.GetTimestamp();
        while (!redis.IsConnected)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new TimeoutException($"redis-server did not answer within {Patience.TotalSeconds} s.");
            await Task.Delay(10);
        }
    }

    private static async Task<double> TheirsAsync(int port, string name)
    {
        using var benchmark = Process.Start(new ProcessStartInfo("redis-benchmark", ["-p", $"{port}", "-t", name, "-n", $"{Commands}", "-c", "1", "-P", $"{AtOnce}", "-d", $"{Value.Length}", "--csv"]) { RedirectStandardOutput = true })!;
        var lines = (await benchmark.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await benchmark.WaitForExitAsync();
        return double.Parse(lines[^1].Split(',')[1].Trim('"'), CultureInfo.InvariantCulture);
    }

    private static async Task<double> OursAsync(RedisClient redis, string name)
    {
        var command = name == "set" ? new RedisCommand("SET", "key:__rand_int__", Value) : new RedisCommand("GET", "key:__rand_int__");
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (var i = 0; i < Commands / AtOnce; i++) await redis.ExecuteAsync(command, CancellationToken.None);
        }));
        return Commands / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
