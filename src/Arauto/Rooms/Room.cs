namespace Arauto.Rooms;

/// <summary>A channel with members and metadata. An immutable snapshot.</summary>
public sealed class Room
{
    /// <summary>The id; the room's channel is <c>room:{id}</c>, the id in lower case.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether anyone may join; otherwise members are added by the owner or a service.</summary>
    public required bool IsPublic { get; init; }

    /// <summary>The user who made it and may change it; <see langword="null"/> when a service did.</summary>
    public string? Owner { get; init; }

    /// <summary>The members.</summary>
    public required IReadOnlySet<string> Members { get; init; }

    /// <summary>A JSON object as UTF-8; what it holds is the clients' affair.</summary>
    public required ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>When it was made, UTC, whole milliseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
