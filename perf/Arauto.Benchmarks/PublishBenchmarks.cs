using System.Text;
using Arauto.Benchmarks.Nodes;
using Arauto.Connections;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks;

/// <summary>The whole way of a message but the sockets: a client's frame, decoded, authorised, appended in memory, answered and delivered to four.</summary>
public class PublishBenchmarks
{
    private const int Receivers = 4;

    private readonly SendCounter _counter = new();
    private readonly BenchmarkNode _node = new();
    private readonly byte[] _quiet = Encoding.UTF8.GetBytes($$"""{"type":"publish","channel":"bench:publish","event":"chat","data":{{Messages.Payload}}}""");
    private readonly byte[] _answered = Encoding.UTF8.GetBytes($$"""{"type":"publish","id":7,"channel":"bench:publish","event":"chat","data":{{Messages.Payload}}}""");
    private Connection _publisher = null!;

    [GlobalSetup]
    public void SetUp()
    {
        for (var i = 0; i < Receivers; i++) _node.Connect($"user-{i}", "bench:publish", new NullTransport(_counter));
        _publisher = _node.Connect("publisher", "bench:elsewhere", new NullTransport(_counter));
        _node.Settle();
    }

    [GlobalCleanup]
    public void CleanUp() => _node.Dispose();

    [Benchmark]
    public void Quiet() => Publish(_quiet, Receivers);

    [Benchmark]
    public void Answered() => Publish(_answered, Receivers + 1);

    private void Publish(byte[] frame, int frames)
    {
        _counter.Expect(frames);
        BenchmarkNode.Send(_publisher, frame);
        _counter.Wait();
    }
}
