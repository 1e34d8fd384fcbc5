using System.Text.Json.Serialization;

namespace Arauto.Server.Demo.Map;

/// <summary>Something on the map, as it is kept, as pages load it and as it travels in an event's <c>data</c>.</summary>
internal abstract record MapObject
{
    /// <summary>The id; unique among objects of its kind.</summary>
    [JsonPropertyOrder(-1)]
    public required string Id { get; init; }

    /// <summary>The map's revision that made this state of the object. A page that has a newer one passes this over.</summary>
    [JsonPropertyOrder(-1)]
    public long Version { get; init; }

    /// <summary>Who made this state; <see langword="null"/> for what the map began with.</summary>
    [JsonPropertyOrder(-1)]
    public string? By { get; init; }

    /// <summary>When, in UTC; <see langword="null"/> for what the map began with.</summary>
    [JsonPropertyOrder(-1)]
    public DateTime? At { get; init; }
}
