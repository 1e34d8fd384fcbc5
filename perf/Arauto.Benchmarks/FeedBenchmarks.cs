using Arauto.Benchmarks.Nodes;
using Arauto.Feeds;
using Arauto.Protocol;
using Arauto.Protocols;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks;

/// <summary>What a feed does with a hint, without subscribers. The message itself, made anew each time, is in the bytes of <see cref="InOrder"/>.</summary>
public class FeedBenchmarks
{
    private readonly BenchmarkNode _node = new();
    private Feed _feed = null!;
    private SharedFrame _old = null!;
    private Position _position;

    [GlobalSetup]
    public void SetUp()
    {
        _feed = _node.Services.Feeds.Attach("bench:feed", FindRule(), lane: 0);
        _position = _feed.GetPositionAsync().AsTask().GetAwaiter().GetResult();
        _feed.Detach(0);
        _old = new SharedFrame(Messages.Create("bench:feed", _position));
    }

    [GlobalCleanup]
    public void CleanUp() => _node.Dispose();

    [Benchmark]
    public void InOrder()
    {
        _position = _position with { Offset = _position.Offset + 1 };
        _feed.Hint(new SharedFrame(Messages.Create("bench:feed", _position)));
    }

    [Benchmark]
    public void Repeated() => _feed.Hint(_old);

    private Arauto.Channels.ChannelRule FindRule() =>
        _node.Services.Rules.TryFind("bench:feed", out var rule) ? rule : throw new InvalidOperationException("The node has no rule for bench:.");
}
