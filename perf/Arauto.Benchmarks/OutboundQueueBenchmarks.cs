using Arauto.Benchmarks.Nodes;
using Arauto.Connections;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks;

/// <summary>The queue of one connection: 16 frames in and out, and the drops of a queue at its bound.</summary>
public class OutboundQueueBenchmarks
{
    private const int Frames = 16;

    private static readonly byte[] Bytes = new byte[256];

    private readonly BenchmarkNode _node = new();
    private readonly OutboundQueue _queue = new();
    private readonly OutboundQueue _full = new();
    private Subscription _subscription = null!;
    private long _offset;

    [GlobalSetup]
    public void SetUp()
    {
        var connection = _node.Connect("alice", "bench:queue", new NullTransport());
        _node.Settle();
        _node.Services.Rules.TryFind("bench:queue", out var rule);
        _subscription = new Subscription(connection, "bench:queue", rule ?? throw new InvalidOperationException("The node has no rule for bench:."));
        for (var i = 0; i < 1000; i++) Add(_full);
    }

    [GlobalCleanup]
    public void CleanUp() => _node.Dispose();

    [Benchmark]
    public void AddAndTake()
    {
        for (var i = 0; i < Frames; i++) Add(_queue);
        while (_queue.TryTake(out _))
        {
        }
    }

    [Benchmark]
    public void AddAndDropOldest()
    {
        for (var i = 0; i < Frames; i++)
        {
            if (!_full.TryDropOldest(static subscription => subscription.Rule.Presence == false)) throw new InvalidOperationException("Nothing to drop.");
            Add(_full);
        }
    }

    private void Add(OutboundQueue queue)
    {
        _offset++;
        queue.Add(new OutboundFrame { Kind = OutboundKind.Message, Bytes = Bytes, Subscription = _subscription, Event = "chat", From = _offset, To = _offset });
    }
}
