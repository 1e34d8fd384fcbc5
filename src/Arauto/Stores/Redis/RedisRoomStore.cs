using Arauto.Redis;
using Arauto.Rooms;

namespace Arauto.Stores.Redis;

/// <summary>Rooms and members. A room is one place in Redis, and each change of it one step; a user's rooms are an index in another place.</summary>
/// <remarks>
/// The index says where to look, the room decides. An entry is written before the user becomes a member and once more afterwards, since a
/// list that came between has removed it; a list removes an entry without a room and then looks once more. So a member's room is never missing for long.
/// </remarks>
internal sealed class RedisRoomStore(IRedis redis, RedisKeys keys, RoomActivity activity) : IRoomStore
{
    private const int MaxAtOnce = 500;

    private static readonly RedisScript Create = RedisScript.Embedded(typeof(RedisRoomStore), "room-create.lua");
    private static readonly RedisScript Change = RedisScript.Embedded(typeof(RedisRoomStore), "room-change.lua");

    /// <inheritdoc/>
    public async ValueTask<bool> TryCreateAsync(Room room, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(room);
        await IndexAsync(room.Members, room.Id, cancellationToken).ConfigureAwait(false);
        var reply = await redis.AskAsync(
            RedisCommand.Call(
                Create,
                [keys.Room(room.Id), keys.Members(room.Id)],
                [
                    activity.Life,
                    room.IsPublic ? 1 : 0,
                    room.Metadata,
                    room.CreatedAt.ToUnixTimeMilliseconds(),
                    room.Owner is null ? 0 : 1,
                    room.Owner ?? "",
                    .. room.Members.Select(member => (RedisArg)member),
                ],
                isReplicated: true),
            cancellationToken).ConfigureAwait(false);
        var isCreated = reply.AsInteger() == 1;
        if (isCreated) await IndexAsync(room.Members, room.Id, cancellationToken).ConfigureAwait(false);
        else await RepairAsync(room.Members, room.Id, cancellationToken).ConfigureAwait(false);
        return isCreated;
    }

    /// <inheritdoc/>
    public ValueTask<Room?> FindAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(id, ["read"], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Room?> UpdateAsync(Guid id, bool? isPublic, ReadOnlyMemory<byte>? metadata, CancellationToken cancellationToken)
    {
        var changes = new List<RedisArg>();
        if (isPublic is { } value) changes.AddRange(["public", value ? 1 : 0]);
        if (metadata is { } bytes) changes.AddRange(["metadata", bytes]);
        return changes.Count == 0 ? FindAsync(id, cancellationToken) : ChangeAsync(id, [.. changes], cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var room = await FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (room is null) return false;
        var removed = await redis.AskAsync(new RedisCommand("DEL", keys.Room(id), keys.Members(id)) { IsReplicated = true }, cancellationToken).ConfigureAwait(false);
        // Nobody has to wait for it: lists leave out what is no room.
        _ = TryRepairAsync(room.Members, id);
        return removed.AsInteger() > 0;
    }

    /// <inheritdoc/>
    public async ValueTask<Room?> AddMemberAsync(Guid id, string user, CancellationToken cancellationToken)
    {
        await IndexAsync([user], id, cancellationToken).ConfigureAwait(false);
        var room = await ChangeAsync(id, ["add", user], cancellationToken).ConfigureAwait(false);
        if (room is null) await RepairAsync([user], id, cancellationToken).ConfigureAwait(false);
        else await IndexAsync([user], id, cancellationToken).ConfigureAwait(false);
        return room;
    }

    /// <inheritdoc/>
    public async ValueTask<Room?> RemoveMemberAsync(Guid id, string user, CancellationToken cancellationToken)
    {
        var room = await ChangeAsync(id, ["remove", user], cancellationToken).ConfigureAwait(false);
        await RepairAsync([user], id, cancellationToken).ConfigureAwait(false);
        return room;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Room>> ListAsync(string user, Guid? after, int limit, CancellationToken cancellationToken)
    {
        var rooms = new List<Room>();
        while (rooms.Count < limit)
        {
            var wanted = Math.Min(limit - rooms.Count, MaxAtOnce);
            var ids = await ReadIndexAsync(user, after, wanted, cancellationToken).ConfigureAwait(false);
            var found = await Task.WhenAll(ids.Select(id => FindAsync(id, cancellationToken).AsTask())).ConfigureAwait(false);
            for (var i = 0; i < found.Length; i++)
            {
                if (found[i] is { } room && room.Members.Contains(user)) rooms.Add(room);
                else await RepairAsync([user], ids[i], cancellationToken).ConfigureAwait(false);
            }
            if (ids.Count < wanted) break;
            after = ids[^1];
        }
        return rooms;
    }

    private async ValueTask<List<Guid>> ReadIndexAsync(string user, Guid? after, int limit, CancellationToken cancellationToken)
    {
        var reply = await redis.AskAsync(
            new RedisCommand("ZRANGEBYLEX", keys.RoomsOf(user), after is { } id ? $"({id:D}" : "-", "+", "LIMIT", 0, limit), cancellationToken).ConfigureAwait(false);
        var ids = new List<Guid>(reply.Items.Length);
        foreach (var item in reply.Items)
            if (Guid.TryParseExact(item.AsString(), "D", out var room)) ids.Add(room);
        return ids;
    }

    private async ValueTask IndexAsync(IEnumerable<string> users, Guid id, CancellationToken cancellationToken)
    {
        foreach (var some in users.Chunk(MaxAtOnce)) await Task.WhenAll(some.Select(user => IndexAsync(user, id, cancellationToken))).ConfigureAwait(false);
    }

    private async Task IndexAsync(string user, Guid id, CancellationToken cancellationToken)
    {
        var key = keys.RoomsOf(user);
        var added = redis.AskAsync(new RedisCommand("ZADD", key, 0, $"{id:D}"), cancellationToken).AsTask();
        if (activity.IndexLife > 0) await redis.AskAsync(new RedisCommand("PEXPIRE", key, activity.IndexLife), cancellationToken).ConfigureAwait(false);
        await added.ConfigureAwait(false);
    }

    /// <summary>Takes a room out of the index of users, and puts it back for who became a member meanwhile.</summary>
    private async ValueTask RepairAsync(IEnumerable<string> users, Guid id, CancellationToken cancellationToken)
    {
        foreach (var some in users.Chunk(MaxAtOnce))
        {
            await Task.WhenAll(some.Select(user => redis.AskAsync(new RedisCommand("ZREM", keys.RoomsOf(user), $"{id:D}"), cancellationToken).AsTask())).ConfigureAwait(false);
            if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } room)
                await IndexAsync(some.Where(room.Members.Contains), id, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TryRepairAsync(IEnumerable<string> users, Guid id)
    {
        try
        {
            await RepairAsync(users, id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // The next list of each user does it.
        }
    }

    private async ValueTask<Room?> ChangeAsync(Guid id, RedisArg[] change, CancellationToken cancellationToken)
    {
        var isChange = change.Length > 1;
        var reply = await redis.AskAsync(
            RedisCommand.Call(Change, [keys.Room(id), keys.Members(id)], [activity.Life, .. change], isReplicated: isChange), cancellationToken).ConfigureAwait(false);
        if (reply.IsNull) return null;
        if (isChange) activity.Touch(RoomDirectory.ChannelOf(id));
        try
        {
            return Read(id, reply);
        }
        catch (RedisException exception)
        {
            throw RedisCalls.Refused(exception);
        }
    }

    private static Room Read(Guid id, in RedisReply reply)
    {
        if (reply.Items.Length != 5) throw new RedisException("ERR The reply to a look at a room has another form.");
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in reply.Items[4].Items) members.Add(member.AsString()!);
        return new Room
        {
            Id = id,
            IsPublic = reply.Items[0].AsInteger() != 0,
            Owner = reply.Items[3].AsString(),
            Members = members,
            Metadata = reply.Items[1].Bytes,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(reply.Items[2].AsInteger()),
        };
    }
}
