using Arauto.Backplanes.Redis;
using Arauto.Redis;

namespace Arauto.Ingestion;

/// <summary>Whose turn it is to take what other programs publish. One node has it, for three seconds at a time. Used by one loop; <see cref="IsOurs"/> by any thread.</summary>
internal sealed class ExternalTurn(IRedis redis, RedisNames names, string self, TimeProvider time)
{
    /// <summary>How often it is asked for and renewed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(750);

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    /// <summary>
    /// For how long a node that begins to listen leaves the turn to one that listened before: until that of a node that died
    /// just then has ended, and was asked for by the other.
    /// </summary>
    public static readonly TimeSpan New = TimeSpan.FromSeconds(5);

    /// <summary>For how long it is known who had the turn last.</summary>
    private static readonly TimeSpan Known = New * 2;

    private static readonly RedisScript Script = RedisScript.Embedded(typeof(ExternalTurn), "turn.lua");

    private readonly RedisArg _key = $"{names.Prefix}arauto:external:{{turn}}";

    /// <summary>In the slot of the other. The prefix stays in front, where an operator's rules for names look for it.</summary>
    private readonly RedisArg _lastKey = $"{names.Prefix}arauto:external:{{turn}}:last";

    private long _until;
    private long _listeningSince;

    /// <summary>Whether this node has the turn. It ends for us before it ends for the others, whose clock began later.</summary>
    public bool IsOurs => time.GetTimestamp() < Volatile.Read(ref _until);

    /// <summary>This node has begun to listen, perhaps again. What was published before, it has not heard.</summary>
    public void Begin() => _listeningSince = time.GetTimestamp();

    /// <summary>Asks for the turn, or renews it.</summary>
    /// <returns>Whether it came to this node now; <see langword="false"/> if it had been this node's all the time.</returns>
    /// <exception cref="RedisUnavailableException">Redis cannot answer; the turn lasts until it ends.</exception>
    public async ValueTask<bool> AskAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        if (!await CallAsync((long)Length.TotalMilliseconds, cancellationToken).ConfigureAwait(false)) return false;
        var came = !IsOurs;
        Volatile.Write(ref _until, asked + (long)(Length.TotalSeconds * time.TimestampFrequency));
        return came;
    }

    /// <summary>Gives the turn to whoever asks next.</summary>
    /// <exception cref="RedisUnavailableException">Redis cannot answer; the turn ends by itself.</exception>
    public async ValueTask GiveBackAsync()
    {
        Volatile.Write(ref _until, 0);
        await CallAsync(0, CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask<bool> CallAsync(long milliseconds, CancellationToken cancellationToken)
    {
        var isNew = time.GetElapsedTime(_listeningSince) < New;
        RedisArg[] args = [self, milliseconds, isNew ? 1 : 0, (long)Known.TotalMilliseconds];
        return (await redis.ExecuteAsync(RedisCommand.Call(Script, [_key, _lastKey], args), cancellationToken).ConfigureAwait(false)).AsInteger() == 1;
    }
}
