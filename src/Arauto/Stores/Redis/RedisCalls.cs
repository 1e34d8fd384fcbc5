using Arauto.Redis;

namespace Arauto.Stores.Redis;

/// <summary>Commands of the store: whatever is wrong with Redis is a store that is away.</summary>
internal static class RedisCalls
{
    /// <summary>Has a command executed.</summary>
    /// <exception cref="StoreUnavailableException">Redis is away, or refuses.</exception>
    public static async ValueTask<RedisReply> AskAsync(this IRedis redis, RedisCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await redis.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisUnavailableException exception)
        {
            throw new StoreUnavailableException($"Redis is away: {exception.Message}", exception);
        }
        catch (RedisException exception)
        {
            throw Refused(exception);
        }
    }

    /// <summary>A reply that is none of what the script gives: somebody else wrote to its keys.</summary>
    public static StoreUnavailableException Refused(RedisException exception) => new($"Redis refuses: {exception.Message}", exception);
}
