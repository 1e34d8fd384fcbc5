using Arauto.Protocol;

namespace Arauto.Client.Connections;

/// <summary>How one connection, or one try to open it, ended.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Error">The same as an exception for callers.</param>
internal sealed record LinkEnd(LinkEndKind Kind, ArautoException Error)
{
    /// <summary>The time the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The network failed, the server went silent, or the token provider threw.</summary>
    public static LinkEnd Lost(string reason, Exception? cause = null) => new(LinkEndKind.Lost, ArautoException.Of(ErrorCode.Unavailable, reason, cause));

    /// <summary>The server asked to come back in a moment.</summary>
    public static LinkEnd Moved(TimeSpan after, string reason) =>
        new(LinkEndKind.Moved, ArautoException.Of(ErrorCode.Unavailable, $"The server asked to reconnect ({reason}).")) { RetryAfter = after };

    /// <summary>The server closed with <paramref name="code"/>.</summary>
    /// <param name="code">The WebSocket close code.</param>
    /// <param name="reason">The close reason.</param>
    /// <param name="last">The error frame that came before it; it says more than a close reason can.</param>
    public static LinkEnd Closed(int code, string? reason, ArautoException? last)
    {
        var kind = (CloseCode)code is CloseCode.Unauthorized or CloseCode.TokenExpired or CloseCode.TokenRevoked ? LinkEndKind.Unauthorized
            : ErrorCatalogue.ShouldReconnect(code) ? LinkEndKind.Lost
            : LinkEndKind.Refused;
        var word = ((CloseCode)code).Word();
        var error = last ?? new ArautoException(kind == LinkEndKind.Lost ? ErrorCode.Unavailable.Word() : word, $"The server closed the connection: {(string.IsNullOrEmpty(reason) ? word : reason)}.");
        return new LinkEnd(kind, error) { RetryAfter = last?.RetryAfter };
    }

    /// <summary>The handshake was answered with an HTTP status instead of an upgrade.</summary>
    public static LinkEnd HandshakeRefused(int status, TimeSpan? retryAfter)
    {
        var (kind, code, message) = status switch
        {
            401 => (LinkEndKind.Unauthorized, ErrorCode.Unauthorized, "The server did not accept the token (HTTP 401)."),
            403 => (LinkEndKind.Refused, ErrorCode.Forbidden, "The server refuses this client (HTTP 403)."),
            429 => (LinkEndKind.Lost, ErrorCode.RateLimited, "The server takes no more connections from here for now (HTTP 429)."),
            408 or 425 or >= 500 => (LinkEndKind.Lost, ErrorCode.Unavailable, $"The server is not available (HTTP {status})."),
            404 => (LinkEndKind.Refused, ErrorCode.NotFound, "There is no WebSocket endpoint at this address (HTTP 404)."),
            _ => (LinkEndKind.Refused, ErrorCode.UnsupportedProtocol, $"The server refused the WebSocket handshake (HTTP {status})."),
        };
        return new LinkEnd(kind, new ArautoException(code.Word(), message, retryAfter)) { RetryAfter = retryAfter };
    }
}
