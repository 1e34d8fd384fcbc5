using Arauto.Backplanes.Redis;
using Arauto.Redis;

namespace Arauto.Ingestion;

/// <summary>What the nodes note in Redis about a beginning, so that each knows whether somebody has taken all before it. Safe for concurrent use.</summary>
internal sealed class BeginningNotes(IRedis redis, RedisNames names)
{
    private const string Listeners = "listeners";
    private const string Newcomers = "newcomers";
    private const string Taken = "taken";

    /// <summary>For how long they are kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>The channel on which beginnings are said.</summary>
    public string Channel { get; } = $"{names.Prefix}arauto:external:begin";

    /// <summary>Says a beginning to all who listen.</summary>
    /// <exception cref="RedisUnavailableException">Perhaps it was not said.</exception>
    public async Task SayAsync(string beginning, CancellationToken cancellationToken)
    {
        var listeners = await redis.ExecuteAsync(new RedisCommand("PUBLISH", Channel, beginning), cancellationToken).ConfigureAwait(false);
        // A Cluster tells only of those who are connected to the same master.
        if (!redis.IsCluster) await NoteAsync("HSET", beginning, Listeners, listeners.AsInteger()).ConfigureAwait(false);
    }

    /// <summary>This node has brought all to the log that was published before the beginning.</summary>
    /// <exception cref="RedisUnavailableException">Perhaps it was not noted.</exception>
    public Task ConfirmAsync(string beginning) => NoteAsync("HINCRBY", beginning, Taken, 1);

    /// <summary>This node heard the beginning as its first.</summary>
    /// <exception cref="RedisUnavailableException">Perhaps it was not noted.</exception>
    public Task JoinAsync(string beginning) => NoteAsync("HINCRBY", beginning, Newcomers, 1);

    /// <summary>Whether somebody has taken all before a beginning.</summary>
    /// <returns><see langword="null"/> if that is not known yet.</returns>
    /// <exception cref="RedisUnavailableException">It cannot be asked now.</exception>
    public async ValueTask<bool?> IsTakenAsync(string beginning, CancellationToken cancellationToken)
    {
        var notes = (await redis.ExecuteAsync(new RedisCommand("HMGET", KeyOf(beginning), Taken, Listeners, Newcomers), cancellationToken).ConfigureAwait(false)).Items.ToArray();
        if (!notes[0].IsNull) return true;
        return !notes[1].IsNull && !notes[2].IsNull && notes[2].AsInteger() >= notes[1].AsInteger() ? false : null;
    }

    private async Task NoteAsync(string command, string beginning, string field, long value)
    {
        var noted = redis.ExecuteAsync(new RedisCommand(command, KeyOf(beginning), field, value), CancellationToken.None);
        var kept = redis.ExecuteAsync(new RedisCommand("PEXPIRE", KeyOf(beginning), (long)Kept.TotalMilliseconds), CancellationToken.None).AsTask();
        await noted.ConfigureAwait(false);
        await kept.ConfigureAwait(false);
    }

    private RedisArg KeyOf(string beginning) => $"{Channel}:{beginning}";
}
