using Arauto.Backplanes;
using Arauto.Backplanes.Links;
using Arauto.Transports.EngineIo;
using Microsoft.Extensions.Logging;

namespace Arauto.Relays;

/// <summary>
/// Lets Engine.IO clients come to any node: what comes in for a session of another one is done there. A session's id begins
/// with the name of its node, so a request for a session of this node costs nothing here.
/// </summary>
internal sealed class EngineIoRelay : ILinkReceiver, IAsyncDisposable
{
    private readonly EngineIoNode _node;
    private readonly NodeLinks _links;

    public EngineIoRelay(INodeBus bus, EngineIoNode node, TimeProvider time, ILogger<EngineIoRelay> logger, ILogger<NodeLinks> linkLogger)
    {
        _node = node;
        Entrance = new RelayEntrance(time);
        Owner = new RelayOwner(node, logger);
        _links = new NodeLinks(bus, NodeMessageKind.EngineIo, this, time, linkLogger);
    }

    /// <summary>What came in here for others.</summary>
    public RelayEntrance Entrance { get; }

    /// <summary>What came in on others for this node.</summary>
    public RelayOwner Owner { get; }

    /// <summary>The other node that has the session, if its id names one.</summary>
    public NodeLink? FindOwner(string session) => _node.NameOther(session) is { } other ? _links.Find(other) : null;

    /// <inheritdoc/>
    public void Received(NodeLink link, ReadOnlyMemory<byte> record)
    {
        if (!RelayRecord.TryRead(record, out var read)) return;
        if (read.Type >= RelayRecordType.Answer) Entrance.Received(link, read);
        else Owner.Received(link, read);
    }

    /// <inheritdoc/>
    public void Lost(NodeLink link)
    {
        Entrance.Lost(link);
        Owner.Lost(link);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _links.DisposeAsync();
}
