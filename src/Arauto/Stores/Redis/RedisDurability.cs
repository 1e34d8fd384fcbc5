using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

/// <summary>Whether what Redis has confirmed outlives its process, as far as its settings tell. Safe for concurrent use.</summary>
internal sealed partial class RedisDurability(IRedis redis, ILogger<RedisDurability> logger)
{
    private int _state = -1;

    /// <summary>Whether every master writes an append-only file and evicts nothing, when it was looked at last.</summary>
    public bool IsDurable => Volatile.Read(ref _state) == 1;

    /// <summary>Looks at the masters.</summary>
    /// <exception cref="StoreUnavailableException">One of them does not tell.</exception>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        var writes = await AskMastersAsync("persistence", cancellationToken).ConfigureAwait(false);
        var keeps = await AskMastersAsync("memory", cancellationToken).ConfigureAwait(false);
        var isDurable = Array.TrueForAll(writes, info => info.Contains("aof_enabled:1", StringComparison.Ordinal))
            && !Array.Exists(keeps, info => info.Contains("maxmemory_policy:allkeys", StringComparison.Ordinal));
        var state = isDurable ? 1 : 0;
        if (Interlocked.Exchange(ref _state, state) == state) return;
        if (isDurable) Log.Durable(logger);
        else Log.NotDurable(logger);
    }

    private async ValueTask<string[]> AskMastersAsync(string section, CancellationToken cancellationToken)
    {
        try
        {
            var replies = await redis.ExecuteOnMastersAsync(new RedisCommand("INFO", section), cancellationToken).ConfigureAwait(false);
            return Array.ConvertAll(replies, reply => reply.AsString() ?? "");
        }
        catch (RedisUnavailableException exception)
        {
            throw new StoreUnavailableException($"Redis is away: {exception.Message}", exception);
        }
        catch (RedisException exception)
        {
            throw new StoreUnavailableException($"Redis does not tell whether it keeps its data: {exception.Message}", exception);
        }
    }
}
