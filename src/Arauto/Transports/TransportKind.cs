namespace Arauto.Transports;

/// <summary>How a client's bytes travel; the label <c>transport</c> of metrics.</summary>
public enum TransportKind
{
    /// <summary>RFC 6455.</summary>
    WebSocket,
}
