using Arauto.Connections;
using Arauto.EngineIo;
using Arauto.Gateways;
using Arauto.Transports.EngineIo;
using Microsoft.Extensions.Logging;

namespace Arauto.SocketIo;

/// <summary>One Socket.IO address: gives each Engine.IO session its <see cref="SocketIoSession"/>.</summary>
internal sealed class SocketIoServer(
    SocketIoOptions options, SocketNamespaces namespaces, NodeServices node, LaneSet lanes, ILogger<SocketIoServer> logger) : IEngineIoFrameHandler
{
    public SocketIoOptions Options { get; } = options;

    public SocketNamespaces Namespaces { get; } = namespaces;

    public NodeServices Node { get; } = node;

    public LaneSet Lanes { get; } = lanes;

    public ILogger Logger { get; } = logger;

    /// <summary>Sockets that come back.</summary>
    public RecoveryRegistry Recovery { get; } = new(options.MaxAway, node.Time);

    /// <inheritdoc/>
    public void OnOpened(EngineIoSession session)
    {
        var opened = new SocketIoSession(session, this);
        session.ProtocolState = opened;
        opened.ExpectConnect();
    }

    /// <inheritdoc/>
    public ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message) => SessionOf(session).ReceiveAsync(message);

    /// <inheritdoc/>
    public void OnSendCompleted(EngineIoSession session) => SessionOf(session).Outbox.SendCompleted();

    /// <inheritdoc/>
    public void OnUpgraded(EngineIoSession session) => SessionOf(session).TransportChanged();

    /// <inheritdoc/>
    public void OnClosed(EngineIoSession session, EngineIoCloseReason reason) => SessionOf(session).Closed(reason);

    private static SocketIoSession SessionOf(EngineIoSession session) => (SocketIoSession)session.ProtocolState!;
}
