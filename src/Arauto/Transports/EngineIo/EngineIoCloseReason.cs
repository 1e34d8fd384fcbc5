namespace Arauto.EngineIo;

/// <summary>Why a session ended.</summary>
public enum EngineIoCloseReason
{
    /// <summary>The client closed it, or its connection ended; <c>transport close</c>.</summary>
    TransportClose,

    /// <summary>The connection broke, a request was aborted, or requests overlapped; <c>transport error</c>.</summary>
    TransportError,

    /// <summary>The client did not answer a ping in time; <c>ping timeout</c>.</summary>
    PingTimeout,

    /// <summary>The server closed it; <c>forced close</c>.</summary>
    ForcedClose,

    /// <summary>The client sent what is no packet; <c>parse error</c>.</summary>
    ParseError,

    /// <summary>The server is about to stop; <c>server shutting down</c>.</summary>
    ServerShuttingDown,
}
