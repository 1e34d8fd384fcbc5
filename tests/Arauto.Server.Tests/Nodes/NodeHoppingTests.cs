using Arauto.Tests.Connections.Hops;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>
/// The property of <see cref="HoppingRun"/> over three nodes: meanwhile nodes are killed at random and come back, and the
/// nodes' subscriptions in Redis are cut.
/// </summary>
public sealed class NodeHoppingTests
{
    private const int HopsPerClient = 120;
    private const int Kills = 6;

    /// <summary>Milliseconds after a cut until there may be another; random, so that some come while nodes subscribe again.</summary>
    private const int LongestQuiet = 500;

    /// <summary>Every poll and every page of history is a request, and the log is compared from its first message.</summary>
    private const string Settings = """{"limits":{"requestsPerSecond":0,"connectionsPerUser":0},"channels":{"public:":{"historyMessages":0}}}""";

    private int _kills;
    private int _cuts;

    [Fact]
    public async Task Every_client_sees_the_stored_log_whatever_dies()
    {
        var random = Seed.CreateRandom();
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await NodeProcesses.StartAsync(redis.NodeUrl, Settings);
        using var hops = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var trouble = MakeTroubleAsync(redis, nodes, hops, new Random(random.Next()), stop.Token);

        await HoppingRun.RunAsync(random, nodes.Pick, HopsPerClient, () =>
        {
            hops.Release();
            return Volatile.Read(ref _kills) < Kills && !trouble.IsCompleted;
        });
        await stop.CancelAsync();
        await trouble;
        TestContext.Current.TestOutputHelper?.WriteLine($"{_kills} nodes killed, {_cuts} times all subscriptions cut");
        Assert.True(_kills >= Kills && _cuts > 0);
    }

    /// <summary>After every few hops of anybody something breaks; at most one node is away at a time.</summary>
    private async Task MakeTroubleAsync(RedisServer redis, NodeProcesses nodes, SemaphoreSlim hops, Random random, CancellationToken stop)
    {
        var restarting = Task.CompletedTask;
        while (await HoppedAsync(random.Next(4, 16)))
        {
            if (random.Next(2) == 0 || !restarting.IsCompleted)
            {
                await redis.KillSubscribersAsync();
                _cuts++;
                // Hops are so quick that without this nobody would be subscribed for long enough to be ready.
                await Task.Delay(random.Next(LongestQuiet), CancellationToken.None);
                continue;
            }
            await restarting;
            var victim = random.Next(nodes.Count);
            nodes[victim].Kill();
            _kills++;
            restarting = nodes.RestartAsync(victim);
        }
        await restarting;

        async Task<bool> HoppedAsync(int times)
        {
            for (; times > 0; times--)
                if (!await hops.WaitAsync(Timeout.Infinite, stop).ContinueWith(wait => wait.IsCompletedSuccessfully, TaskScheduler.Default)) return false;
            return true;
        }
    }
}
