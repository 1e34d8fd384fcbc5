using System.Collections.Concurrent;
using Arauto.Backplanes;
using Arauto.Backplanes.Links;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Backplanes.Links;

/// <summary>One node's end of links, which writes down what comes.</summary>
internal sealed class LinkEnd : ILinkReceiver, IAsyncDisposable
{
    public LinkEnd(BusNetwork network, string name, TimeProvider time)
    {
        Links = new NodeLinks(network.Join(name), NodeMessageKind.EngineIo, this, time, NullLogger<NodeLinks>.Instance);
    }

    public NodeLinks Links { get; }

    public ConcurrentQueue<byte[]> Records { get; } = [];

    public ConcurrentQueue<NodeLink> Gone { get; } = [];

    public void Received(NodeLink link, ReadOnlyMemory<byte> record) => Records.Enqueue(record.ToArray());

    public void Lost(NodeLink link) => Gone.Enqueue(link);

    public NodeLink To(string node) => Links.Find(node) ?? throw new InvalidOperationException($"There is no link to {node}.");

    public ValueTask DisposeAsync() => Links.DisposeAsync();
}
