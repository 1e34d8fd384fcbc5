namespace Arauto.Connections;

/// <summary>A client that came back: what it showed, and where that puts it.</summary>
/// <param name="Before">The connection whose place it takes.</param>
/// <param name="Offset">The last offset it saw; <see langword="null"/> if it saw none.</param>
/// <param name="Places">Its places.</param>
internal sealed record Resumption(RoomSnapshot Before, string? Offset, IReadOnlyList<RoomPlace> Places);
