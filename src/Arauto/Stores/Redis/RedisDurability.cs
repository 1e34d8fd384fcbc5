using System.Collections.Frozen;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

/// <summary>Whether what a server has confirmed outlives its process, as far as its settings tell. Safe for concurrent use.</summary>
/// <remarks>
/// A verdict belongs to a server's line of data (log.lua), which each append names. So a server that has just started, or has just
/// become the master, is looked at before it is believed.
/// </remarks>
internal sealed partial class RedisDurability(IRedis redis, TimeProvider time, ILogger<RedisDurability> logger)
{
    /// <summary>When is looked again for a server that was not found.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile FrozenDictionary<string, bool> _verdicts = FrozenDictionary<string, bool>.Empty;
    private Task _looking = Task.CompletedTask;
    private long? _missedAt;
    private bool? _told;

    /// <summary>Whether the server with a line of data writes an append-only file and evicts nothing.</summary>
    public ValueTask<bool> IsDurableAsync(string line) =>
        _verdicts.TryGetValue(line, out var isDurable) ? ValueTask.FromResult(isDurable) : LookForAsync(line);

    /// <summary>Looks at the masters.</summary>
    /// <exception cref="StoreUnavailableException">One of them does not tell.</exception>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        var verdicts = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var info in await AskMastersAsync(cancellationToken).ConfigureAwait(false))
            verdicts[LineOf(info)] = Find(info, "aof_enabled") == "1" && Find(info, "maxmemory_policy") == "noeviction";
        _verdicts = verdicts.ToFrozenDictionary(StringComparer.Ordinal);
        Tell(!verdicts.ContainsValue(false));
    }

    /// <summary>All who wait share one look.</summary>
    private async ValueTask<bool> LookForAsync(string line)
    {
        Task looking;
        lock (_gate)
        {
            if (_missedAt is { } last && time.GetElapsedTime(last) < Interval) return false;
            if (_looking.IsCompleted) _looking = LookQuietlyAsync();
            looking = _looking;
        }
        await looking.ConfigureAwait(false);
        if (_verdicts.TryGetValue(line, out var isDurable)) return isDurable;
        lock (_gate) _missedAt = time.GetTimestamp();
        return false;
    }

    private async Task LookQuietlyAsync()
    {
        try
        {
            await LookAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException exception)
        {
            Log.NotTold(logger, exception.Message);
        }
    }

    private void Tell(bool isDurable)
    {
        lock (_gate)
        {
            if (_told == isDurable) return;
            _told = isDurable;
        }
        if (isDurable) Log.Durable(logger);
        else Log.NotDurable(logger);
    }

    private async ValueTask<string[]> AskMastersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var replies = await redis.ExecuteOnMastersAsync(new RedisCommand("INFO"), cancellationToken).ConfigureAwait(false);
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

    /// <summary>As <c>line_of_data</c> in log.lua makes it.</summary>
    private static string LineOf(string info) => $"{Short(Find(info, "run_id"))}:{Short(Find(info, "master_replid"))}";

    private static string Short(string digits) => digits[..Math.Min(16, digits.Length)];

    private static string Find(string info, string name)
    {
        foreach (var line in info.AsSpan().EnumerateLines())
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ':') return line[(name.Length + 1)..].ToString();
        return "";
    }
}
