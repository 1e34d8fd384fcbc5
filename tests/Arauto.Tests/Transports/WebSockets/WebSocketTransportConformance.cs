namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketTransportConformance : TransportConformance
{
    internal override async Task<TransportPair> ConnectAsync() => await WebSocketPair.ConnectAsync(deflate: false);
}
