using System.Collections.Concurrent;
using Arauto.Redis;

namespace Arauto.Stores.Redis;

/// <summary>Keeps what belongs to a room as long as something happens there. Safe for concurrent use.</summary>
/// <remarks>
/// At most once a minute per room and node everything of the room gets its life anew; the index of its members, which lives
/// twice as long, once in a quarter of that life. Redis away: the next activity tries again.
/// </remarks>
internal sealed class RoomActivity(IRedis redis, RedisKeys keys, RedisLogOptions options, TimeProvider time)
{
    private const int MaxRemembered = 50_000;
    private const int MaxAtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, (long Room, long Index)> _last = new();

    /// <summary>How long a room is kept without activity, in milliseconds; 0 = for ever.</summary>
    public long Life { get; } = RedisLives.Milliseconds(options.RoomLife);

    /// <summary>How long a user's index is kept.</summary>
    public long IndexLife => 2 * Life;

    /// <summary>Something happened in a channel; one that is no room is passed over.</summary>
    public Task TouchAsync(string channel) =>
        Life > 0 && RedisLives.TryGetRoom(channel, out var id) && IsDue(id, out var isIndexDue) ? TouchAsync(id, channel, isIndexDue) : Task.CompletedTask;

    private bool IsDue(Guid id, out bool isIndexDue)
    {
        var now = time.GetTimestamp();
        var isKnown = _last.TryGetValue(id, out var last);
        isIndexDue = !isKnown || time.GetElapsedTime(last.Index, now) >= options.RoomLife / 4;
        if (isKnown && time.GetElapsedTime(last.Room, now) < Pause) return false;
        // Starting over at the bound costs one refresh per room in use.
        if (_last.Count >= MaxRemembered) _last.Clear();
        _last[id] = (now, isIndexDue ? now : last.Index);
        return true;
    }

    private async Task TouchAsync(Guid id, string channel, bool withIndex)
    {
        try
        {
            await Task.WhenAll(
                ExpireAsync(keys.Room(id), Life),
                ExpireAsync(keys.Members(id), Life),
                ExpireAsync(keys.Receipts(channel), Life),
                ExpireAsync(keys.Readers(channel), Life),
                ExpireAsync(keys.Messages(channel), Life),
                ExpireAsync(keys.State(channel), RedisLives.StateOf(options, options.RoomLife))).ConfigureAwait(false);
            if (withIndex) await TouchIndexAsync(id).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            _last.TryRemove(id, out _);
        }
    }

    private async Task TouchIndexAsync(Guid id)
    {
        var members = await redis.AskAsync(new RedisCommand("SMEMBERS", keys.Members(id)), CancellationToken.None).ConfigureAwait(false);
        foreach (var some in members.Items.ToArray().Chunk(MaxAtOnce))
            await Task.WhenAll(some.Select(member => ExpireAsync(keys.RoomsOf(member.AsString()!), IndexLife))).ConfigureAwait(false);
    }

    private Task<RedisReply> ExpireAsync(RedisArg key, long life) =>
        redis.AskAsync(new RedisCommand("PEXPIRE", key, life), CancellationToken.None).AsTask();
}
