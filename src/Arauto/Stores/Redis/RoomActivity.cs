using System.Collections.Concurrent;
using Arauto.Redis;
using Arauto.Rooms;

namespace Arauto.Stores.Redis;

/// <summary>Keeps what belongs to a room as long as something happens there. Safe for concurrent use.</summary>
/// <remarks>
/// At most once a minute per room and node everything of the room gets its life anew; the index of its members, which lives
/// twice as long, once in a quarter of that life. Nobody waits for it, and it is done room by room, so that commands of others find
/// room. Redis away: the next activity tries again.
/// </remarks>
internal sealed class RoomActivity(IRedis redis, RedisKeys keys, RedisLogOptions options, TimeProvider time)
{
    private const int MaxRemembered = 200_000;
    private const int MaxAtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly RedisScript TouchScript = RedisScript.Embedded(typeof(RoomActivity), "room-touch.lua");

    private readonly ConcurrentDictionary<Guid, Touched> _last = new();

    /// <summary>Its bound is that of <see cref="_last"/>: a room comes in when it is due.</summary>
    private readonly ConcurrentQueue<(Guid Id, bool WithIndex)> _due = new();

    private readonly Lock _gate = new();
    private IEnumerator<KeyValuePair<Guid, Touched>>? _hand;
    private bool _isTouching;

    private readonly record struct Touched(long? Room, long? Index);

    /// <summary>How long a room is kept without activity, in milliseconds; 0 = for ever.</summary>
    public long Life { get; } = RedisLives.Milliseconds(options.RoomLife);

    /// <summary>How long a user's index is kept.</summary>
    public long IndexLife => 2 * Life;

    /// <summary>Something happened in a channel; one that is no room is passed over.</summary>
    public void Touch(string channel)
    {
        if (Life <= 0 || !RedisLives.TryGetRoom(channel, out var id) || !IsDue(id, out var isIndexDue)) return;
        lock (_gate)
        {
            _due.Enqueue((id, isIndexDue));
            if (_isTouching) return;
            _isTouching = true;
        }
        _ = Task.Run(TouchDueAsync);
    }

    private bool IsDue(Guid id, out bool isIndexDue)
    {
        var now = time.GetTimestamp();
        var last = _last.GetValueOrDefault(id);
        isIndexDue = last.Index is not { } index || time.GetElapsedTime(index, now) >= options.RoomLife / 4;
        if (last.Room is { } room && time.GetElapsedTime(room, now) < Pause) return false;
        if (_last.Count >= MaxRemembered && !_last.ContainsKey(id)) ForgetOne();
        _last[id] = new Touched(now, isIndexDue ? now : last.Index);
        return true;
    }

    /// <summary>One after the other in the table's own order, so that rooms which come round in an order of theirs are not forgotten each before its turn.</summary>
    private void ForgetOne()
    {
        lock (_gate)
        {
            _hand ??= _last.GetEnumerator();
            if (_hand.MoveNext()) _last.TryRemove(_hand.Current);
            else _hand = null;
        }
    }

    private async Task TouchDueAsync()
    {
        while (true)
        {
            (Guid Id, bool WithIndex) due;
            lock (_gate)
            {
                _isTouching = _due.TryDequeue(out due);
                if (!_isTouching) return;
            }
            await TouchAsync(due.Id, due.WithIndex).ConfigureAwait(false);
        }
    }

    private async Task TouchAsync(Guid id, bool withIndex)
    {
        var channel = RoomDirectory.ChannelOf(id);
        try
        {
            // The room is one place in Redis, its log another.
            var room = redis.AskAsync(RedisCommand.Call(TouchScript, [keys.Room(id), keys.Members(id)], [Life, Life]), CancellationToken.None).AsTask();
            var log = redis.AskAsync(
                RedisCommand.Call(
                    TouchScript,
                    [keys.Receipts(channel), keys.Readers(channel), keys.Messages(channel), keys.State(channel)],
                    [Life, Life, Life, RedisLives.StateOf(options, options.RoomLife)]),
                CancellationToken.None).AsTask();
            await Task.WhenAll(room, log).ConfigureAwait(false);
            if (withIndex) await TouchIndexAsync(id).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or RedisException)
        {
            _last[id] = default;
        }
    }

    private async Task TouchIndexAsync(Guid id)
    {
        var members = await redis.AskAsync(new RedisCommand("SMEMBERS", keys.Members(id)), CancellationToken.None).ConfigureAwait(false);
        foreach (var some in members.Items.ToArray().Chunk(MaxAtOnce))
        {
            await Task.WhenAll(some.Select(member =>
                redis.AskAsync(new RedisCommand("PEXPIRE", keys.RoomsOf(member.AsString()!), IndexLife), CancellationToken.None).AsTask())).ConfigureAwait(false);
        }
    }
}
