using Arauto.Protocol;

namespace Arauto.Client.Transports.Http;

/// <summary>A request was answered with an HTTP error.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="retryAfter">The header <c>Retry-After</c>.</param>
/// <param name="said">The server's own words, if it was the server who answered.</param>
internal sealed class HttpRefusedException(int status, TimeSpan? retryAfter, ArautoException? said) : Exception(said?.Message ?? $"HTTP {status}", said)
{
    /// <summary>The refusal as callers see it.</summary>
    public ArautoException Error { get; } = said ?? new ArautoException(
        (status switch
        {
            401 => ErrorCode.Unauthorized,
            403 => ErrorCode.Forbidden,
            404 => ErrorCode.NotFound,
            413 => ErrorCode.TooLarge,
            429 => ErrorCode.RateLimited,
            _ => ErrorCode.Unavailable,
        }).Word(),
        $"The request was answered with HTTP {status}.",
        retryAfter);

    /// <summary>Whether one of several channels is the reason, so that the others can be followed without it.</summary>
    public bool IsAboutChannel => said is not null && ErrorCatalogue.FromWord(said.Code) is
        ErrorCode.Forbidden or ErrorCode.UnknownChannel or ErrorCode.InvalidChannel or ErrorCode.InvalidCursor or ErrorCode.TooManySubscriptions;

    /// <summary>The refusal as the end of a connection.</summary>
    /// <param name="what">What was refused, for people.</param>
    public LinkEnd ToEnd(string what) => LinkEnd.HttpRefused(what, status, retryAfter, said);
}
