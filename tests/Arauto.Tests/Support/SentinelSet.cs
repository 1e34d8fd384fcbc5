using System.Globalization;
using Arauto.Redis;

namespace Arauto.Tests.Support;

/// <summary>A master, two replicas and three Sentinels that fail over after half a second; all real processes of their own.</summary>
internal sealed class SentinelSet : IAsyncDisposable
{
    public const string MasterName = "arauto-master";

    private readonly List<RedisProcess> _servers = [];
    private readonly List<RedisProcess> _sentinels = [];
    private readonly string[] _settings;

    private SentinelSet(string[] settings) => _settings = settings;

    /// <summary>The address for <c>--redis</c>.</summary>
    public string Url => $"redis+sentinel://{string.Join(',', _sentinels.Select(sentinel => $"127.0.0.1:{sentinel.Port}"))}/{MasterName}";

    /// <summary>The servers with the data; which of them is the master changes.</summary>
    public IReadOnlyList<RedisProcess> Servers => _servers;

    /// <summary>The Sentinels.</summary>
    public IReadOnlyList<RedisProcess> Sentinels => _sentinels;

    /// <summary>Starts all of it, and waits until the replicas follow.</summary>
    /// <param name="settings">More of the servers' command line.</param>
    public static async Task<SentinelSet> StartAsync(params string[] settings)
    {
        var set = new SentinelSet(settings);
        try
        {
            for (var i = 0; i < 3; i++) set._servers.Add(await RedisProcess.StartAsync("redis-server", "redis-server", set.ServerArguments));
            var ports = Enumerable.Range(0, 3).Select(_ => RedisProcess.FreePort()).ToArray();
            foreach (var port in ports) set._sentinels.Add(await RedisProcess.StartAsync("redis-sentinel", "redis-sentinel", process => set.SentinelArguments(process, ports), port));
            await Eventually.TrueAsync("two replicas follow the master", async () => (await set._servers[0].AskAsync("ROLE")).Items[2].Items.Length == 2);
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server that most Sentinels name as the master.</summary>
    public async Task<RedisProcess> FindMasterAsync()
    {
        var ports = new List<long>();
        foreach (var sentinel in _sentinels.Where(sentinel => sentinel.IsRunning))
            ports.Add((await sentinel.AskAsync("SENTINEL", "get-master-addr-by-name", MasterName)).Items[1].AsInteger());
        var port = ports.GroupBy(port => port).MaxBy(group => group.Count())!.Key;
        return _servers.Single(server => server.Port == port);
    }

    /// <summary>kill -9 of the master.</summary>
    public async Task<RedisProcess> KillMasterAsync()
    {
        var master = await FindMasterAsync();
        master.Kill();
        return master;
    }

    /// <summary>Asks for a fail-over while everything is well, and waits for it.</summary>
    public async Task FailOverAsync()
    {
        var before = await FindMasterAsync();
        await Eventually.TrueAsync("it has begun", async () =>
        {
            try
            {
                await _sentinels[0].AskAsync("SENTINEL", "failover", MasterName);
                return true;
            }
            catch (RedisException e) when (e.Code == "NOGOODSLAVE")
            {
                // Until it has asked the replicas who they are, it knows of none that could take over.
                return false;
            }
        });
        await Eventually.TrueAsync("there is another master", async () => await FindMasterAsync() != before);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _sentinels.Concat(_servers)) await process.DisposeAsync();
    }

    private IEnumerable<string> ServerArguments(RedisProcess process)
    {
        string[] common = ["--port", $"{process.Port}", "--bind", "127.0.0.1", "--dir", process.Folder, "--save", "", "--appendonly", "yes", "--repl-diskless-sync-delay", "0", .. _settings];
        return _servers.Count == 0 || _servers[0] == process ? common : [.. common, "--replicaof", "127.0.0.1", _servers[0].Port.ToString(CultureInfo.InvariantCulture)];
    }

    /// <summary>A Sentinel keeps its state in the file; the first start says whom it knows, so that nothing has to be discovered.</summary>
    private IEnumerable<string> SentinelArguments(RedisProcess process, int[] ports)
    {
        var file = Path.Combine(process.Folder, "sentinel.conf");
        if (File.Exists(file)) return [file];
        string[] lines =
        [
            $"port {process.Port}",
            "bind 127.0.0.1",
            $"dir {process.Folder}",
            $"sentinel myid {Identity(process.Port)}",
            $"sentinel monitor {MasterName} 127.0.0.1 {_servers[0].Port} 2",
            $"sentinel down-after-milliseconds {MasterName} 500",
            $"sentinel failover-timeout {MasterName} 5000",
            .. _servers.Skip(1).Select(server => $"sentinel known-replica {MasterName} 127.0.0.1 {server.Port}"),
            .. ports.Where(port => port != process.Port).Select(port => $"sentinel known-sentinel {MasterName} 127.0.0.1 {port} {Identity(port)}"),
        ];
        File.WriteAllLines(file, lines);
        return [file];
    }

    private static string Identity(int port) => port.ToString("x40", CultureInfo.InvariantCulture);
}
