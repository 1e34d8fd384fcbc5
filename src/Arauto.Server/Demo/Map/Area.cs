namespace Arauto.Server.Demo.Map;

/// <summary>A polygon with a name.</summary>
internal sealed record Area : MapObject
{
    /// <summary>The fewest corners.</summary>
    public const int MinCorners = 3;

    /// <summary>The most corners.</summary>
    public const int MaxCorners = 64;

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The corners in order; the last is joined to the first.</summary>
    public required IReadOnlyList<MapPoint> Corners { get; init; }
}
