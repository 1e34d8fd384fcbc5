namespace Arauto.Transports.EngineIo;

/// <summary>Why a request is refused; the numbers are the protocol's.</summary>
internal enum EngineIoError
{
    /// <summary>The transport is missing or not allowed.</summary>
    UnknownTransport = 0,

    /// <summary>There is no such session, or no longer.</summary>
    UnknownSession = 1,

    /// <summary>A session begins with GET.</summary>
    BadHandshakeMethod = 2,

    /// <summary>The request does not fit the session, or its body is not what it should be.</summary>
    BadRequest = 3,

    /// <summary>The application, the node's limits or the page's origin do not allow it.</summary>
    Forbidden = 4,

    /// <summary>Another version than 4.</summary>
    UnsupportedProtocolVersion = 5,
}
