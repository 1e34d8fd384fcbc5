using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>Real nodes on one Redis, with one data folder and so one key. Each can be killed, and comes back on its port.</summary>
internal sealed class NodeProcesses : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServerProcess[] _nodes;
    private readonly int[] _ports;
    private readonly string[] _arguments;

    private NodeProcesses(int count, string[] arguments)
    {
        _nodes = new ServerProcess[count];
        _ports = [.. Enumerable.Range(0, count).Select(_ => RedisProcess.FreePort())];
        _arguments = ["--data", Path.Combine(_folder.Path, "data"), .. arguments];
    }

    /// <summary>The lives of now.</summary>
    public IReadOnlyList<ServerProcess> All => _nodes;

    public int Count => _nodes.Length;

    public ServerProcess this[int index] => Volatile.Read(ref _nodes[index]);

    /// <summary>Starts nodes, at once.</summary>
    /// <param name="redis">The address for <c>--redis</c>.</param>
    /// <param name="settings">Their <c>arauto.json</c>.</param>
    /// <param name="count">How many.</param>
    /// <param name="arguments">More of their command line.</param>
    public static async Task<NodeProcesses> StartAsync(string redis, string settings, int count = 3, params string[] arguments)
    {
        var processes = new NodeProcesses(count, ["--redis", redis, .. arguments]);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(processes._folder.Path, "arauto.json"), settings, TestContext.Current.CancellationToken);
            // The first makes the key.
            processes._nodes[0] = await processes.StartAsync(0);
            await Task.WhenAll(Enumerable.Range(1, count - 1).Select(async i => processes._nodes[i] = await processes.StartAsync(i)));
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node that is not killed; there is always one.</summary>
    public ServerProcess Pick(Random random)
    {
        while (true)
            if (this[random.Next(_nodes.Length)] is { IsKilled: false } node) return node;
    }

    /// <summary>Starts a node again that was killed, where it was.</summary>
    public async Task RestartAsync(int index)
    {
        // It stays in its place until the next is there, so that a test that fails meanwhile can end all that it began.
        var dead = _nodes[index];
        await dead.Process.ExitAsync();
        Volatile.Write(ref _nodes[index], await StartAsync(index));
        await dead.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            if (node is not null) await node.DisposeAsync();
        _folder.Dispose();
    }

    private Task<ServerProcess> StartAsync(int index) =>
        ServerProcess.StartAsync(_folder.Path, ["--node", $"n{index}", "--listen", $"127.0.0.1:{_ports[index]}", .. _arguments]);
}
