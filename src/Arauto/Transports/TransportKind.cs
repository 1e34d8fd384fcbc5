namespace Arauto.Transports;

/// <summary>How a client's bytes travel; the label <c>transport</c> of metrics.</summary>
public enum TransportKind
{
    /// <summary>RFC 6455; <c>websocket</c>.</summary>
    WebSocket,

    /// <summary>An HTTP answer that does not end (WHATWG HTML, "Server-sent events"); <c>sse</c>.</summary>
    ServerSentEvents,

    /// <summary>An HTTP answer that comes when there is something; <c>poll</c>. Each request is a connection.</summary>
    LongPolling,
}
