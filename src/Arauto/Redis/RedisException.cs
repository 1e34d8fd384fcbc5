namespace Arauto.Redis;

/// <summary>The server answered a command with an error.</summary>
internal sealed class RedisException(string message) : Exception(message)
{
    /// <summary>The error's first word: <c>WRONGTYPE</c>, <c>NOPERM</c>, <c>ERR</c>.</summary>
    public string Code => Message.Split(' ', 2)[0];
}
