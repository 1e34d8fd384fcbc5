namespace Arauto.Protocol;

/// <summary>
/// The one table of error words with their HTTP status, and of close codes with what the client should do next.
/// The client libraries and docs/errors.md mirror it; a test compares them.
/// </summary>
public static class ErrorCatalogue
{
    /// <summary>One row for an <see cref="ErrorCode"/>.</summary>
    /// <param name="Code">The code.</param>
    /// <param name="Word">What stands on the wire, in metrics and in HTTP bodies.</param>
    /// <param name="HttpStatus">The status of an HTTP answer with this error.</param>
    public sealed record ErrorEntry(ErrorCode Code, string Word, int HttpStatus);

    /// <summary>One row for a <see cref="CloseCode"/>.</summary>
    /// <param name="Code">The code.</param>
    /// <param name="Word">The close reason on the wire and the label in metrics.</param>
    /// <param name="Reconnect">Whether coming back with the same token can succeed.</param>
    public sealed record CloseEntry(CloseCode Code, string Word, bool Reconnect);

    /// <summary>All errors, in the order of their codes.</summary>
    public static IReadOnlyList<ErrorEntry> Errors { get; } =
    [
        new(ErrorCode.InvalidMessage, "invalid_message", 400),
        new(ErrorCode.InvalidChannel, "invalid_channel", 400),
        new(ErrorCode.InvalidCursor, "invalid_cursor", 400),
        new(ErrorCode.Unauthorized, "unauthorized", 401),
        new(ErrorCode.TokenExpired, "token_expired", 401),
        new(ErrorCode.TokenRevoked, "token_revoked", 401),
        new(ErrorCode.Forbidden, "forbidden", 403),
        new(ErrorCode.UnknownChannel, "unknown_channel", 404),
        new(ErrorCode.NotFound, "not_found", 404),
        new(ErrorCode.Conflict, "conflict", 409),
        new(ErrorCode.TooLarge, "too_large", 413),
        new(ErrorCode.RateLimited, "rate_limited", 429),
        new(ErrorCode.TooManySubscriptions, "too_many_subscriptions", 429),
        new(ErrorCode.TooManyConnections, "too_many_connections", 429),
        new(ErrorCode.NotSubscribed, "not_subscribed", 409),
        new(ErrorCode.OriginNotAllowed, "origin_not_allowed", 403),
        new(ErrorCode.UnsupportedProtocol, "unsupported_protocol", 400),
        new(ErrorCode.UpgradeRequired, "upgrade_required", 426),
        new(ErrorCode.Unavailable, "unavailable", 503),
        new(ErrorCode.Internal, "internal", 500),
    ];

    /// <summary>All close codes, in the order of their numbers.</summary>
    public static IReadOnlyList<CloseEntry> Closes { get; } =
    [
        new(CloseCode.Normal, "normal", false),
        new(CloseCode.GoingAway, "going_away", true),
        new(CloseCode.ProtocolError, "protocol_error", true),
        new(CloseCode.UnsupportedData, "unsupported_data", false),
        new(CloseCode.InvalidPayload, "invalid_payload", true),
        new(CloseCode.MessageTooBig, "too_large", true),
        new(CloseCode.InternalError, "internal", true),
        new(CloseCode.Unauthorized, "unauthorized", false),
        new(CloseCode.TokenExpired, "token_expired", false),
        new(CloseCode.TokenRevoked, "token_revoked", false),
        new(CloseCode.AuthenticationTimeout, "authentication_timeout", true),
        new(CloseCode.TooManyConnections, "too_many_connections", true),
        new(CloseCode.SlowConsumer, "slow_consumer", true),
        new(CloseCode.HeartbeatTimeout, "heartbeat_timeout", true),
        new(CloseCode.PolicyViolation, "policy_violation", true),
        new(CloseCode.Terminated, "terminated", true),
    ];

    /// <summary>The row of <paramref name="code"/>.</summary>
    public static ErrorEntry Entry(this ErrorCode code) => Errors[(int)code - 1];

    /// <summary>The word of <paramref name="code"/> on the wire.</summary>
    public static string Word(this ErrorCode code) => code.Entry().Word;

    /// <summary>The code of a word, or <see langword="null"/> for a word this version does not know.</summary>
    public static ErrorCode? FromWord(string word)
    {
        foreach (var entry in Errors)
            if (entry.Word == word) return entry.Code;
        return null;
    }

    /// <summary>The word of <paramref name="code"/>; the number itself for one outside the catalogue.</summary>
    public static string Word(this CloseCode code)
    {
        foreach (var entry in Closes)
            if (entry.Code == code) return entry.Word;
        return ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a client that was closed with <paramref name="code"/> should come back by itself with the token it has.</summary>
    /// <remarks>Codes outside the catalogue (1006, a proxy's 1005, a newer server's) say nothing against coming back.</remarks>
    public static bool ShouldReconnect(int code)
    {
        foreach (var entry in Closes)
            if ((int)entry.Code == code) return entry.Reconnect;
        return true;
    }
}
