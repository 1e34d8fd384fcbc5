namespace Arauto.Client.Transports;

/// <summary>The server answered the handshake with an HTTP error.</summary>
internal sealed class HandshakeRefusedException(int status, TimeSpan? retryAfter, Exception inner) : IOException($"HTTP {status}", inner)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The <c>Retry-After</c> header, if it was sent.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
