namespace Arauto.Client;

/// <summary>How a client's connection travels.</summary>
public enum TransportKind
{
    /// <summary>
    /// WebSocket where it gets through, else Server-Sent Events, else long polling; and back again when a better one
    /// gets through. Only a choice: a connection has one of the others.
    /// </summary>
    Auto,

    /// <summary>WebSocket: both directions over one connection.</summary>
    WebSocket,

    /// <summary>Server-Sent Events: a stream from the server; commands go as HTTP requests.</summary>
    ServerSentEvents,

    /// <summary>Long polling: HTTP requests that wait for messages; commands go as requests of their own.</summary>
    LongPolling,
}
