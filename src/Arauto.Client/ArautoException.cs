using Arauto.Protocol;

namespace Arauto.Client;

/// <summary>The server refused a command, a subscription or the connection.</summary>
public sealed class ArautoException : Exception
{
    /// <summary>An error of the server, or one the client states in the server's words.</summary>
    /// <param name="code">The catalogue's word, such as <c>forbidden</c>.</param>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="retryAfter">When to try again, if the server said so.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ArautoException(string code, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        RetryAfter = retryAfter;
    }

    /// <summary>The word on the wire. Text, because a newer server may know more words than <see cref="ErrorCode"/>.</summary>
    public string Code { get; }

    /// <summary>When to try again, if the server said so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same command may succeed later without being changed.</summary>
    public bool IsRetryable => ErrorCatalogue.FromWord(Code) is ErrorCode.RateLimited or ErrorCode.Unavailable or ErrorCode.Internal;

    /// <summary>Whether only another token helps.</summary>
    internal bool IsAboutToken => ErrorCatalogue.FromWord(Code) is ErrorCode.Unauthorized or ErrorCode.TokenExpired or ErrorCode.TokenRevoked;

    internal static ArautoException Of(ErrorCode code, string message, Exception? inner = null) => new(code.Word(), message, null, inner);
}
