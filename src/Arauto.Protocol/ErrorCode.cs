namespace Arauto.Protocol;

/// <summary>Why a command, a request or a handshake was refused. <see cref="ErrorCatalogue"/> holds the word on the wire.</summary>
public enum ErrorCode
{
    /// <summary>The frame or body does not follow the protocol: not JSON, a missing or mistyped field, a reserved event.</summary>
    InvalidMessage = 1,

    /// <summary>The channel's name does not follow <see cref="ChannelName"/>.</summary>
    InvalidChannel,

    /// <summary>The cursor cannot be read; it was cut, altered, or made by something else.</summary>
    InvalidCursor,

    /// <summary>No token, or one that is not valid.</summary>
    Unauthorized,

    /// <summary>The token was valid and has expired; come back with a new one.</summary>
    TokenExpired,

    /// <summary>The token or all tokens of the user were revoked.</summary>
    TokenRevoked,

    /// <summary>The user may not do this here.</summary>
    Forbidden,

    /// <summary>No rule names this channel, or its room does not exist.</summary>
    UnknownChannel,

    /// <summary>The thing asked for does not exist.</summary>
    NotFound,

    /// <summary>The thing exists already with other content.</summary>
    Conflict,

    /// <summary>The message is larger than the limit.</summary>
    TooLarge,

    /// <summary>Too many messages or requests; <c>retry_after</c> says when to try again.</summary>
    RateLimited,

    /// <summary>The connection holds as many subscriptions as it may.</summary>
    TooManySubscriptions,

    /// <summary>The user holds as many connections as allowed.</summary>
    TooManyConnections,

    /// <summary>The connection is not subscribed to the channel it names.</summary>
    NotSubscribed,

    /// <summary>The request's Origin is not on the allow-list.</summary>
    OriginNotAllowed,

    /// <summary>None of the offered WebSocket subprotocols is spoken here.</summary>
    UnsupportedProtocol,

    /// <summary>The endpoint takes WebSocket handshakes only.</summary>
    UpgradeRequired,

    /// <summary>A dependency is away or the server is draining; try again after <c>retry_after</c>.</summary>
    Unavailable,

    /// <summary>A fault of the server; the log has the details under the correlation id.</summary>
    Internal,
}
