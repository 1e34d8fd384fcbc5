using Arauto.Client.Transports.Http;
using Arauto.Client.Transports.LongPolling;
using Arauto.Client.Transports.ServerSentEvents;
using Arauto.Client.Transports.WebSockets;

namespace Arauto.Client.Transports;

/// <summary>Makes a transport for each connection.</summary>
internal sealed class TransportFactory(ArautoClientOptions options, HttpGateway http)
{
    /// <summary>A transport of a kind, not opened yet.</summary>
    public IClientTransport Create(TransportKind kind) => kind switch
    {
        TransportKind.WebSocket => new WebSocketTransport(options),
        TransportKind.ServerSentEvents => new EventStreamTransport(http, options),
        TransportKind.LongPolling => new LongPollingTransport(http, options),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
