using Arauto.Protocol;

namespace Arauto.Client.Transports;

/// <summary>How one connection, or one try to open it, ended.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Error">The same as an exception for callers.</param>
internal sealed record LinkEnd(LinkEndKind Kind, ArautoException Error)
{
    /// <summary>The time the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A better transport took over.</summary>
    public static LinkEnd Replaced { get; } = new(LinkEndKind.Replaced, ArautoException.Of(ErrorCode.Unavailable, "A better transport took over."));

    /// <summary>The network failed, the server went silent, or the token provider threw.</summary>
    public static LinkEnd Lost(string reason, Exception? cause = null) => new(LinkEndKind.Lost, ArautoException.Of(ErrorCode.Unavailable, reason, cause));

    /// <summary>The server asked to come back in a moment.</summary>
    public static LinkEnd Moved(TimeSpan after, string reason) =>
        new(LinkEndKind.Moved, ArautoException.Of(ErrorCode.Unavailable, $"The server asked to reconnect ({reason}).")) { RetryAfter = after };

    /// <summary>The server closed a WebSocket with <paramref name="code"/>.</summary>
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

    /// <summary>A stream ended, after an error frame about the whole of it or without one.</summary>
    public static LinkEnd StreamEnded(ArautoException? last) => last is null
        ? Lost("The server ended the stream.")
        : new LinkEnd(last.IsAboutToken ? LinkEndKind.Unauthorized : LinkEndKind.Lost, last) { RetryAfter = last.RetryAfter };

    /// <summary>A handshake or request was answered with an HTTP error.</summary>
    /// <param name="what">What was refused, for people: "the WebSocket handshake".</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="retryAfter">The header <c>Retry-After</c>.</param>
    /// <param name="said">The error of the body, where it could be read and was the server's own.</param>
    public static LinkEnd HttpRefused(string what, int status, TimeSpan? retryAfter, ArautoException? said = null)
    {
        var (kind, code, message) = status switch
        {
            401 => (LinkEndKind.Unauthorized, ErrorCode.Unauthorized, "The server did not accept the token (HTTP 401)."),
            403 => (LinkEndKind.Refused, ErrorCode.Forbidden, $"Here {what} is not allowed (HTTP 403)."),
            429 => (LinkEndKind.Lost, ErrorCode.RateLimited, "The server takes no more connections from here for now (HTTP 429)."),
            408 or 425 or >= 500 => (LinkEndKind.Lost, ErrorCode.Unavailable, $"The server is not available (HTTP {status})."),
            404 => (LinkEndKind.Refused, ErrorCode.NotFound, $"There is nothing at this address that takes {what} (HTTP 404)."),
            _ => (LinkEndKind.Refused, ErrorCode.UnsupportedProtocol, $"The server refused {what} (HTTP {status})."),
        };
        return new LinkEnd(kind, said ?? new ArautoException(code.Word(), message, retryAfter)) { RetryAfter = said?.RetryAfter ?? retryAfter };
    }

    /// <summary>
    /// What a round of tries over all transports comes to: it is only final if every one of them is, and waits as long
    /// as any of them was told to.
    /// </summary>
    public static LinkEnd OfRound(IReadOnlyList<LinkEnd> ends)
    {
        var telling = ends.LastOrDefault(static end => end.Kind == LinkEndKind.Lost) ?? ends[0];
        return telling with { RetryAfter = ends.Max(static end => end.RetryAfter) };
    }
}
