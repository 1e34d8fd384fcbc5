using System.Collections.Immutable;
using Arauto.Rooms;

namespace Arauto.Stores.Memory;

/// <summary>Rooms in memory, behind one lock.</summary>
internal sealed class MemoryRoomStore(int capacity) : IRoomStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Entry> _rooms = [];
    private readonly Dictionary<string, SortedSet<Guid>> _roomsOfUser = new(StringComparer.Ordinal);

    public ValueTask<bool> TryCreateAsync(Room room, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(room);
        lock (_lock)
        {
            if (_rooms.ContainsKey(room.Id)) return ValueTask.FromResult(false);
            if (_rooms.Count >= capacity) throw new StoreUnavailableException($"The memory store holds its {capacity} rooms; delete some or raise its bound.");
            var entry = new Entry(room, room.Members.ToImmutableHashSet(StringComparer.Ordinal));
            _rooms.Add(room.Id, entry);
            foreach (var user in entry.Members) Index(user, room.Id);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<Room?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (_lock) return ValueTask.FromResult(_rooms.GetValueOrDefault(id)?.Snapshot);
    }

    public ValueTask<Room?> UpdateAsync(Guid id, bool? isPublic, ReadOnlyMemory<byte>? metadata, CancellationToken cancellationToken) =>
        Change(id, entry => new Entry(entry.Snapshot, entry.Members, isPublic, metadata));

    public ValueTask<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_rooms.Remove(id, out var entry)) return ValueTask.FromResult(false);
            foreach (var user in entry.Members) Unindex(user, id);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<Room?> AddMemberAsync(Guid id, string user, CancellationToken cancellationToken) => Change(id, entry =>
    {
        Index(user, id);
        return new Entry(entry.Snapshot, entry.Members.Add(user));
    });

    public ValueTask<Room?> RemoveMemberAsync(Guid id, string user, CancellationToken cancellationToken) => Change(id, entry =>
    {
        Unindex(user, id);
        return new Entry(entry.Snapshot, entry.Members.Remove(user));
    });

    public ValueTask<IReadOnlyList<Room>> ListAsync(string user, Guid? after, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_roomsOfUser.TryGetValue(user, out var ids)) return ValueTask.FromResult<IReadOnlyList<Room>>([]);
            IEnumerable<Guid> behind = after is { } id ? ids.GetViewBetween(id, Guid.AllBitsSet).SkipWhile(room => room == id) : ids;
            return ValueTask.FromResult<IReadOnlyList<Room>>([.. behind.Take(limit).Select(room => _rooms[room].Snapshot)]);
        }
    }

    private ValueTask<Room?> Change(Guid id, Func<Entry, Entry> change)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(id, out var entry)) return ValueTask.FromResult<Room?>(null);
            var changed = change(entry);
            _rooms[id] = changed;
            return ValueTask.FromResult<Room?>(changed.Snapshot);
        }
    }

    private void Index(string user, Guid room)
    {
        if (!_roomsOfUser.TryGetValue(user, out var rooms)) _roomsOfUser.Add(user, rooms = []);
        rooms.Add(room);
    }

    private void Unindex(string user, Guid room)
    {
        if (!_roomsOfUser.TryGetValue(user, out var rooms)) return;
        rooms.Remove(room);
        if (rooms.Count == 0) _roomsOfUser.Remove(user);
    }

    // The immutable set makes a change of one member cheap in a room of thousands.
    private sealed class Entry(Room room, ImmutableHashSet<string> members, bool? isPublic = null, ReadOnlyMemory<byte>? metadata = null)
    {
        public ImmutableHashSet<string> Members => members;

        public Room Snapshot { get; } = new()
        {
            Id = room.Id,
            IsPublic = isPublic ?? room.IsPublic,
            Owner = room.Owner,
            Members = members,
            Metadata = metadata ?? room.Metadata,
            CreatedAt = room.CreatedAt,
        };
    }
}
