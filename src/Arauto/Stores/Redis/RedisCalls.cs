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

    /// <summary>Whether the server that has a key answers, be it that it takes no writes.</summary>
    public static async Task<bool> AnswersAsync(this IRedis redis, string key, CancellationToken cancellationToken)
    {
        try
        {
            await redis.ExecuteAsync(new RedisCommand("EXISTS", key), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            return false;
        }
    }

    /// <summary>A reply that is none of what the script gives: somebody else wrote to its keys.</summary>
    public static StoreUnavailableException Refused(RedisException exception) => new($"Redis refuses: {exception.Message}", exception);
}
