using Arauto.Benchmarks.Nodes;

namespace Arauto.Benchmarks.Budgets;

/// <summary>The managed memory that an idle connection owns besides its transport: opened, authenticated as a user of its own, subscribed to one channel.</summary>
internal static class IdleConnections
{
    /// <summary>What an idle connection may own besides its transport, in bytes.</summary>
    public const long Budget = 1024;

    private const int Count = 10_000;

    /// <summary>Bytes that stay on the heap per connection, the entries in the node's tables included.</summary>
    public static long Measure()
    {
        using var node = new BenchmarkNode();
        // The tables, pools and thread-static buffers that come with the first connections.
        for (var i = 0; i < 100; i++) node.Connect($"first-{i}", "bench:idle", new NullTransport());
        node.Settle();
        // The transports are not the connection's: made before.
        var transports = new NullTransport[Count];
        for (var i = 0; i < Count; i++) transports[i] = new NullTransport();
        var names = Enumerable.Range(0, Count).Select(i => $"user-{i:00000}").ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Count; i++) node.Connect(names[i], "bench:idle", transports[i]);
        node.Settle();
        node.Rest();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(transports);
        GC.KeepAlive(names);
        return (after - before) / Count;
    }
}
