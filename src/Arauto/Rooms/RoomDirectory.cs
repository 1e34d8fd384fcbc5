using System.Collections.Concurrent;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Feeds;
using Arauto.Hubs;
using Arauto.Limits;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Rooms;

/// <summary>
/// The node's view of the rooms: a bounded cache in front of the store, so that membership is known without waiting on the
/// message path, and the place where a change of members reaches live subscriptions. Safe for concurrent use.
/// </summary>
internal sealed class RoomDirectory(IStore store, Hub hub, FeedRegistry feeds, ArautoOptions options, TimeProvider time)
{
    /// <summary>How long a room read from the store is believed: bounds how late a change by another process on the same store is seen.</summary>
    private static readonly TimeSpan BelievedFor = TimeSpan.FromSeconds(10);

    private const int MaxCached = 50_000;

    /// <summary>Rooms that are read at once.</summary>
    private const int MaxAtOnce = 100;

    private readonly ConcurrentDictionary<Guid, Entry> _cache = new();
    private readonly LimitOptions _limits = options.Limits;
    private int _changes;

    /// <summary>Raised after a room was changed on this node, so that others can be told. Handlers must be quick and not throw.</summary>
    public event Action<RoomChange>? ChangedHere;

    private static ProtocolError Deleted { get; } = new(ErrorCode.UnknownChannel, "The room was deleted.");

    private static ProtocolError NoMember { get; } = new(ErrorCode.Forbidden, "You are no longer a member of this room.");

    /// <summary>The channel of a room.</summary>
    public static string ChannelOf(Guid id) => $"room:{id:D}";

    /// <summary>The room, or <see langword="null"/>. Synchronous while the cache knows it.</summary>
    public ValueTask<Room?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(id, out var entry) && time.GetElapsedTime(entry.ReadAt) < BelievedFor) return ValueTask.FromResult<Room?>(entry.Room);
        return ReadAsync(id, cancellationToken);
    }

    /// <summary>Makes a room.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    public async ValueTask<ProtocolError?> CreateAsync(Room room, CancellationToken cancellationToken)
    {
        if (room.Members.Count > _limits.RoomMembers) return TooManyMembers();
        if (!await store.Rooms.TryCreateAsync(room, cancellationToken).ConfigureAwait(false))
            return new ProtocolError(ErrorCode.Conflict, "There is a room with this id already.");
        RememberChange(room);
        return null;
    }

    /// <summary>Changes what is given.</summary>
    public async ValueTask<Room?> UpdateAsync(Guid id, bool? isPublic, ReadOnlyMemory<byte>? metadata, CancellationToken cancellationToken)
    {
        var room = await store.Rooms.UpdateAsync(id, isPublic, metadata, cancellationToken).ConfigureAwait(false);
        if (room is not null) RememberChange(room);
        return room;
    }

    /// <summary>Removes a room with its messages and marks, and ends its subscriptions. Once it has begun it is not cancelled: a room that is gone has to be told.</summary>
    public async ValueTask<bool> DeleteAsync(Guid id, ChannelRule rule, CancellationToken cancellationToken)
    {
        if (await store.Rooms.FindAsync(id, cancellationToken).ConfigureAwait(false) is null) return false;
        var channel = ChannelOf(id);
        // The room last: a deletion that the store cuts short can be repeated, and never leaves messages without their room.
        await rule.Log.ResetAsync(channel, CancellationToken.None).ConfigureAwait(false);
        await store.Receipts.ResetAsync(channel, CancellationToken.None).ConfigureAwait(false);
        await store.Rooms.DeleteAsync(id, CancellationToken.None).ConfigureAwait(false);
        Forget(id);
        EvictAll(channel);
        ChangedHere?.Invoke(new RoomChange(id, null, IsDeleted: true));
        // A feed that is still there would take a cursor of the former life for its own until its next comparison.
        if (feeds.Find(channel) is { } feed) feed.Compare((await rule.Log.ReadTopsAsync([channel], CancellationToken.None).ConfigureAwait(false))[0]);
        return true;
    }

    /// <summary>Makes a user a member.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    public async ValueTask<ProtocolError?> JoinAsync(Guid id, string user, CancellationToken cancellationToken)
    {
        var room = await FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (room is not null && room.Members.Count >= _limits.RoomMembers && !room.Members.Contains(user)) return TooManyMembers();
        room = await store.Rooms.AddMemberAsync(id, user, cancellationToken).ConfigureAwait(false);
        if (room is null) return new ProtocolError(ErrorCode.UnknownChannel, "There is no room with this id.");
        RememberChange(room);
        return null;
    }

    /// <summary>Ends a membership, and the user's subscriptions with it. It is not cancelled: a membership that is gone has to be told.</summary>
    /// <returns>The room afterwards, or <see langword="null"/> if there is none.</returns>
    public async ValueTask<Room?> LeaveAsync(Guid id, string user)
    {
        var room = await store.Rooms.RemoveMemberAsync(id, user, CancellationToken.None).ConfigureAwait(false);
        if (room is null) return null;
        RememberChange(room, user);
        EvictUser(ChannelOf(id), user);
        return room;
    }

    /// <summary>Takes in that a room was changed on another node.</summary>
    public void Apply(RoomChange change)
    {
        Forget(change.Id);
        if (change.IsDeleted) EvictAll(ChannelOf(change.Id));
        else if (change.RemovedUser is { } user) EvictUser(ChannelOf(change.Id), user);
    }

    /// <summary>Believes nothing that was read before: changes by other nodes may have been missed.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref _changes);
        _cache.Clear();
    }

    /// <summary>Reads the rooms that somebody here listens to, and ends the subscriptions of those who are no members any more: for a node that may have missed what others said.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot serve.</exception>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken)
    {
        // Who listens is asked first: whoever has come since then was admitted by a later look.
        var subscriptions = await hub.SubscriptionsAsync(AccessRule.Members).ConfigureAwait(false);
        foreach (var some in subscriptions.GroupBy(subscription => subscription.Channel, StringComparer.Ordinal).Chunk(MaxAtOnce))
            await Task.WhenAll(some.Select(listening => RecheckAsync(listening.Key, [.. listening.Select(subscription => subscription.Connection)], cancellationToken))).ConfigureAwait(false);
    }

    private async Task RecheckAsync(string channel, HashSet<Connection> listening, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(ChannelName.IdOf(channel), "D", out var id)) return;
        // Not from the cache of a node that was told nothing.
        var room = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
        if (room is null)
        {
            hub.Evict(channel, connection => !listening.Contains(connection), Deleted);
            return;
        }
        hub.Evict(
            channel,
            connection => !listening.Contains(connection) || MayStay(connection, channel)
                || (connection.Identity is { } identity && room.Members.Contains(identity.User)) || (room.IsPublic && connection.IsPlaced),
            NoMember);
    }

    private void Forget(Guid id)
    {
        Interlocked.Increment(ref _changes);
        _cache.TryRemove(id, out _);
    }

    private void EvictAll(string channel) => hub.Evict(channel, _ => false, Deleted);

    private void EvictUser(string channel, string user) =>
        hub.Evict(channel, connection => connection.Identity is { } identity && (identity.User != user || MayStay(connection, channel)), NoMember);

    /// <summary>Whether a connection needs no membership.</summary>
    private static bool MayStay(Connection connection, string channel) =>
        connection.Identity is { } identity && (identity.IsService || identity.Rights.Allows(channel, Auth.ChannelRight.Subscribe));

    private async ValueTask<Room?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var changes = Volatile.Read(ref _changes);
        Room? room;
        try
        {
            room = await store.Rooms.FindAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException) when (_cache.TryGetValue(id, out var known))
        {
            // While the store is away nobody changes rooms, so what was known holds.
            return known.Room;
        }
        // A read that a change overtook may show the room as it was: good for one answer, not to be believed later.
        if (Volatile.Read(ref _changes) != changes) return room;
        if (room is not null) Remember(room);
        else _cache.TryRemove(id, out _);
        return room;
    }

    private void RememberChange(Room room, string? removedUser = null)
    {
        Interlocked.Increment(ref _changes);
        Remember(room);
        ChangedHere?.Invoke(new RoomChange(room.Id, removedUser, IsDeleted: false));
    }

    private void Remember(Room room)
    {
        // Starting over at the bound is cheaper than keeping an order of use, and costs one read per room in use.
        if (_cache.Count >= MaxCached) _cache.Clear();
        _cache[room.Id] = new Entry(room, time.GetTimestamp());
    }

    private ProtocolError TooManyMembers() =>
        new(ErrorCode.TooLarge, $"A room has at most {_limits.RoomMembers} members (limits.roomMembers).");

    private sealed record Entry(Room Room, long ReadAt);
}
