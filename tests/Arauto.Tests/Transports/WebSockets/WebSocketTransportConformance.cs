namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketTransportConformance : DuplexTransportConformance
{
    internal override async Task<DuplexTransportPair> ConnectDuplexAsync() => await WebSocketPair.ConnectAsync(deflate: false);
}
