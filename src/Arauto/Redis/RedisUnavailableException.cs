namespace Arauto.Redis;

/// <summary>Redis cannot answer now. A state to pass through; the command may have had its effect if it was sent.</summary>
internal sealed class RedisUnavailableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether the server itself said so (it is full, is busy, no replica confirms), so that nobody had to wait for nothing.</summary>
    public bool IsAnswer { get; init; }
}
