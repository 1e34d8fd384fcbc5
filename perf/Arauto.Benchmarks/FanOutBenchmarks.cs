using Arauto.Benchmarks.Nodes;
using Arauto.Feeds;
using Arauto.Protocol;
using Arauto.Protocols;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks;

/// <summary>One message from its feed over a lane to the transports of its subscribers. The difference between the two, over 990, is what a receiver costs.</summary>
public class FanOutBenchmarks
{
    private readonly SendCounter _counter = new();
    private BenchmarkNode _node = null!;
    private Room _few = null!;
    private Room _many = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _node = new BenchmarkNode();
        _few = Open("bench:few", 10);
        _many = Open("bench:many", 1000);
    }

    [GlobalCleanup]
    public void CleanUp() => _node.Dispose();

    [Benchmark]
    public void ToTen() => Deliver(_few);

    [Benchmark]
    public void ToThousand() => Deliver(_many);

    private Room Open(string channel, int receivers)
    {
        for (var i = 0; i < receivers; i++) _node.Connect($"user-{i}", channel, new NullTransport(_counter));
        _node.Settle();
        var feed = _node.Services.Feeds.Find(channel)!;
        return new Room(feed, receivers) { Position = feed.Current!.Value };
    }

    private void Deliver(Room room)
    {
        room.Position = room.Position with { Offset = room.Position.Offset + 1 };
        _counter.Expect(room.Receivers);
        room.Feed.Hint(new SharedFrame(Messages.Create(room.Feed.Channel, room.Position), _node.Services.Time.GetTimestamp()));
        _counter.Wait();
    }

    private sealed class Room(Feed feed, int receivers)
    {
        public Feed Feed { get; } = feed;

        public int Receivers { get; } = receivers;

        public Position Position { get; set; }
    }
}
