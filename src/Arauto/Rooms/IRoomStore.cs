namespace Arauto.Rooms;

/// <summary>Keeps rooms and members. Safe for concurrent use; fails only with <see cref="Stores.StoreUnavailableException"/>.</summary>
public interface IRoomStore
{
    /// <summary>Keeps a new room with its members.</summary>
    /// <returns><see langword="false"/> if a room with this id exists; then nothing changed.</returns>
    ValueTask<bool> TryCreateAsync(Room room, CancellationToken cancellationToken);

    /// <summary>The room, or <see langword="null"/>.</summary>
    ValueTask<Room?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Changes what is not <see langword="null"/>.</summary>
    /// <returns>The room afterwards, or <see langword="null"/> if there is none.</returns>
    ValueTask<Room?> UpdateAsync(Guid id, bool? isPublic, ReadOnlyMemory<byte>? metadata, CancellationToken cancellationToken);

    /// <summary>Removes a room and its members. Its channel's log is reset by the caller.</summary>
    /// <returns><see langword="false"/> if there was none.</returns>
    ValueTask<bool> DeleteAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Adds a member; no effect if already one.</summary>
    /// <returns>The room afterwards, or <see langword="null"/> if there is none.</returns>
    ValueTask<Room?> AddMemberAsync(Guid id, string user, CancellationToken cancellationToken);

    /// <summary>Removes a member; no effect if not one.</summary>
    /// <returns>The room afterwards, or <see langword="null"/> if there is none.</returns>
    ValueTask<Room?> RemoveMemberAsync(Guid id, string user, CancellationToken cancellationToken);

    /// <summary>The rooms a user is a member of, ordered by id, behind <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<Room>> ListAsync(string user, Guid? after, int limit, CancellationToken cancellationToken);
}
