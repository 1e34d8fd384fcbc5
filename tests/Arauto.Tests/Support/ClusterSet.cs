using Arauto.Redis;
using Arauto.Redis.Clusters;

namespace Arauto.Tests.Support;

/// <summary>A Redis Cluster of three masters, if a test wants it with a replica each, which takes over after a second; all real processes of their own.</summary>
internal sealed class ClusterSet : IAsyncDisposable
{
    private const int Masters = 3;

    private readonly List<RedisProcess> _nodes = [];
    private readonly Dictionary<RedisProcess, int> _busPorts = [];

    private readonly bool _hasReplicas;
    private readonly bool _isWholeOrNothing;

    private ClusterSet(bool hasReplicas, bool isWholeOrNothing) => (_hasReplicas, _isWholeOrNothing) = (hasReplicas, isWholeOrNothing);

    /// <summary>The address for <c>--redis</c>.</summary>
    public string Url => $"redis+cluster://{string.Join(',', _nodes.Take(Masters).Select(node => $"127.0.0.1:{node.Port}"))}";

    /// <summary>The nodes, first those that began as masters.</summary>
    public IReadOnlyList<RedisProcess> Nodes => _nodes;

    /// <summary>Starts all of it, and waits until every node sees it whole.</summary>
    /// <param name="hasReplicas">Whether each master has a replica.</param>
    /// <param name="isWholeOrNothing">Whether all masters refuse while one of them is missing, as they do by default.</param>
    public static async Task<ClusterSet> StartAsync(bool hasReplicas = false, bool isWholeOrNothing = true)
    {
        var set = new ClusterSet(hasReplicas, isWholeOrNothing);
        try
        {
            for (var i = 0; i < Masters * (hasReplicas ? 2 : 1); i++) set._nodes.Add(await RedisProcess.StartAsync("redis-server", "redis-server", set.Arguments));
            await set.JoinAsync();
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>The master of a slot, as the first node that runs sees it; <see langword="null"/> while there is none.</summary>
    public Task<RedisProcess?> FindOwnerAsync(int slot) => FindOwnerAsync(slot, _nodes.First(node => node.IsRunning));

    /// <summary>Moves a slot with its keys, as <c>redis-cli --cluster reshard</c> does.</summary>
    public async Task MoveSlotAsync(int slot, RedisProcess to)
    {
        await Eventually.TrueAsync("all nodes agree who has the slot", () => AgreeAsync(slot));
        var from = (await FindOwnerAsync(slot))!;
        if (from == to) return;
        await BeginMoveAsync(slot, from, to);
        while ((await from.AskAsync("CLUSTER", "GETKEYSINSLOT", slot, 10)).Items is { Length: > 0 } keys)
            await MoveKeysAsync(from, to, [.. keys.ToArray().Select(key => key.AsString()!)]);
        await EndMoveAsync(slot, to);
    }

    /// <summary>Declares that a slot moves: keys that are not at the old master are asked for at the new one.</summary>
    public static async Task BeginMoveAsync(int slot, RedisProcess from, RedisProcess to)
    {
        await to.AskAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", await IdAsync(from));
        await from.AskAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", await IdAsync(to));
    }

    /// <summary>Moves keys of a slot that moves.</summary>
    public static async Task MoveKeysAsync(RedisProcess from, RedisProcess to, params string[] keys) =>
        await from.AskAsync("MIGRATE", ["127.0.0.1", to.Port, "", 0, 5000, "KEYS", .. keys.Select(key => (RedisArg)key)]);

    /// <summary>Ends the move of a slot: the new master has it.</summary>
    public async Task EndMoveAsync(int slot, RedisProcess to)
    {
        var id = await IdAsync(to);
        await to.AskAsync("CLUSTER", "SETSLOT", slot, "NODE", id);
        foreach (var node in _nodes.Where(node => node != to && node.IsRunning && node.Port != to.Port))
            if ((await node.AskAsync("ROLE")).Items[0].AsString() == "master") await node.AskAsync("CLUSTER", "SETSLOT", slot, "NODE", id);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private IEnumerable<string> Arguments(RedisProcess process)
    {
        if (!_busPorts.TryGetValue(process, out var busPort)) _busPorts.Add(process, busPort = RedisProcess.FreePort());
        // Where nobody can take over, a machine that pauses for a second is no reason to refuse everything.
        var timeout = _hasReplicas ? 1000 : 5000;
        return
        [
            "--port", $"{process.Port}", "--bind", "127.0.0.1", "--dir", process.Folder, "--save", "", "--appendonly", "yes", "--repl-diskless-sync-delay", "0",
            "--cluster-enabled", "yes", "--cluster-port", $"{busPort}", "--cluster-node-timeout", $"{timeout}", "--cluster-replica-validity-factor", "0",
            "--cluster-require-full-coverage", _isWholeOrNothing ? "yes" : "no",
        ];
    }

    private async Task JoinAsync()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            await _nodes[i].AskAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            if (i < Masters) await _nodes[i].AskAsync("CLUSTER", "ADDSLOTSRANGE", HashSlot.Count * i / Masters, (HashSlot.Count * (i + 1) / Masters) - 1);
            if (i > 0) await _nodes[i].AskAsync("CLUSTER", "MEET", "127.0.0.1", _nodes[0].Port, _busPorts[_nodes[0]]);
        }
        await Eventually.TrueAsync("all nodes know each other", () => AllSayAsync($"cluster_known_nodes:{_nodes.Count}\r"));
        for (var i = Masters; i < _nodes.Count; i++) await _nodes[i].AskAsync("CLUSTER", "REPLICATE", await IdAsync(_nodes[i - Masters]));
        await Eventually.TrueAsync("the Cluster is whole", () => AllSayAsync("cluster_state:ok\r"));
        // That is said as well by one that knows of some slots only, if it need not have all.
        await Eventually.TrueAsync("every slot has a master", () => AllSayAsync($"cluster_slots_ok:{HashSlot.Count}\r"));
        foreach (var master in _nodes.Take(_nodes.Count - Masters))
            await Eventually.TrueAsync("its replica follows", async () => (await master.AskAsync("ROLE")).Items[2].Items.Length == 1);
    }

    private async ValueTask<bool> AllSayAsync(string line)
    {
        foreach (var node in _nodes)
            if (!(await node.AskAsync("CLUSTER", "INFO")).AsString()!.Contains(line, StringComparison.Ordinal)) return false;
        return true;
    }

    private async Task<RedisProcess?> FindOwnerAsync(int slot, RedisProcess asked)
    {
        foreach (var range in (await asked.AskAsync("CLUSTER", "SLOTS")).Items.ToArray())
        {
            if (slot < range.Items[0].AsInteger() || slot > range.Items[1].AsInteger()) continue;
            var port = range.Items[2].Items[1].AsInteger();
            return _nodes.Single(node => node.Port == port);
        }
        return null;
    }

    /// <summary>Also on the newest epoch: who gets the slot takes one above all that it has heard of, and would lose the slot again to an owner with a newer one.</summary>
    private async ValueTask<bool> AgreeAsync(int slot)
    {
        var views = await Task.WhenAll(_nodes.Where(node => node.IsRunning).Select(async node => (await FindOwnerAsync(slot, node), await EpochAsync(node))));
        return views.Distinct().Count() == 1;
    }

    private static async Task<string> EpochAsync(RedisProcess node) =>
        (await node.AskAsync("CLUSTER", "INFO")).AsString()!.Split("\r\n").Single(line => line.StartsWith("cluster_current_epoch:", StringComparison.Ordinal));

    private static async Task<string> IdAsync(RedisProcess node) => (await node.AskAsync("CLUSTER", "MYID")).AsString()!;
}
