using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A master with one replica, both real, and a client.</summary>
internal sealed class ReplicatedPair : IAsyncDisposable
{
    private ReplicatedPair(RedisProcess master, RedisProcess replica)
    {
        Master = master;
        Replica = replica;
        Assert.True(RedisAddress.TryParse($"redis://127.0.0.1:{master.Port}", out var address));
        // A WAIT holds commands up for a second, and whoever waits for it is not to give up before.
        Client = RedisServer.Connect(new RedisClientOptions { Address = address!, CommandTimeout = TimeSpan.FromSeconds(20) });
    }

    public RedisProcess Master { get; }

    public RedisProcess Replica { get; }

    public RedisClient Client { get; }

    public static async Task<ReplicatedPair> StartAsync()
    {
        var master = await RedisProcess.StartAsync("redis-server", "redis-server", Arguments);
        var replica = await RedisProcess.StartAsync("redis-server", "redis-server", process => [.. Arguments(process), "--replicaof", $"127.0.0.1 {master.Port}"]);
        await Eventually.TrueAsync("the replica follows", async () => (await master.AskAsync("ROLE")).Items[2].Items.Length == 1);
        return new ReplicatedPair(master, replica);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Replica.DisposeAsync();
        await Master.DisposeAsync();
    }

    private static string[] Arguments(RedisProcess process) =>
        ["--port", $"{process.Port}", "--bind", "127.0.0.1", "--dir", process.Folder, "--save", "", "--repl-diskless-sync-delay", "0"];
}
