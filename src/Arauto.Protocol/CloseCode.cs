namespace Arauto.Protocol;

/// <summary>
/// WebSocket close codes: those of RFC 6455 section 7.4.1 that the server sends, and ours in the private range 4000-4999.
/// <see cref="ErrorCatalogue"/> says what each means for the client.
/// </summary>
public enum CloseCode
{
    /// <summary>Both sides are done.</summary>
    Normal = 1000,

    /// <summary>The server goes away; reconnect after the time of the <c>move</c> frame.</summary>
    GoingAway = 1001,

    /// <summary>The bytes break RFC 6455.</summary>
    ProtocolError = 1002,

    /// <summary>The frame's type does not fit the subprotocol, such as binary frames on a JSON connection.</summary>
    UnsupportedData = 1003,

    /// <summary>A text frame is not UTF-8.</summary>
    InvalidPayload = 1007,

    /// <summary>The message is larger than the limit.</summary>
    MessageTooBig = 1009,

    /// <summary>A fault of the server.</summary>
    InternalError = 1011,

    /// <summary>The token is missing or not valid.</summary>
    Unauthorized = 4001,

    /// <summary>The token has expired; reconnect with a new one.</summary>
    TokenExpired = 4002,

    /// <summary>The token or the user's tokens were revoked.</summary>
    TokenRevoked = 4003,

    /// <summary>No token came within the time allowed.</summary>
    AuthenticationTimeout = 4004,

    /// <summary>The user holds as many connections as allowed.</summary>
    TooManyConnections = 4005,

    /// <summary>The client did not read fast enough; reconnect and resume.</summary>
    SlowConsumer = 4006,

    /// <summary>Nothing was heard from the client for the heartbeat timeout.</summary>
    HeartbeatTimeout = 4007,

    /// <summary>Too many invalid frames in a row, or messages far over the rate limit.</summary>
    PolicyViolation = 4008,

    /// <summary>An operator closed the connection.</summary>
    Terminated = 4009,
}
