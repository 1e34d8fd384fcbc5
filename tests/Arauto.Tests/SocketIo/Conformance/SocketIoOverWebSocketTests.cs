namespace Arauto.Tests.SocketIo.Conformance;

public sealed class SocketIoOverWebSocketTests(ConformanceNode node) : SocketIoConformance(node)
{
    protected override Task<RawLink> OpenAsync(Uri http, string path) => WebSocketLink.OpenAsync(http, path);
}
