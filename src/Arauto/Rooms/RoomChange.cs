namespace Arauto.Rooms;

/// <summary>What became of a room.</summary>
/// <param name="Id">The room.</param>
/// <param name="RemovedUser">The user who is no member any more; <see langword="null"/> if none.</param>
/// <param name="IsDeleted">Whether the room is gone.</param>
internal sealed record RoomChange(Guid Id, string? RemovedUser, bool IsDeleted);
