namespace Arauto.Gateways;

/// <summary>
/// An event failed, and the client is to know why. It gets <c>{"error":{"code","message","data"}}</c>: as the
/// acknowledgement if it asked for one, else as the event <c>exception</c>. Of other exceptions it gets no word.
/// </summary>
/// <param name="message">Why, for the client.</param>
/// <param name="data">More about it, as JSON.</param>
public sealed class GatewayException(string message, object? data = null) : Exception(message)
{
    /// <summary>The code of exceptions that name none.</summary>
    public const string DefaultCode = "failed";

    /// <summary>A word for programs: the application's own. <c>internal</c>, <c>invalid_message</c> and <c>rate_limited</c> are those of the server.</summary>
    public string Code { get; init; } = DefaultCode;

    /// <summary>When it may work, where waiting helps; <c>retry_after</c> for the client, in seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>More about it, as JSON.</summary>
    public object? Details { get; } = data;
}
