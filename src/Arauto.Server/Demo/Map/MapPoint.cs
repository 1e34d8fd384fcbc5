using System.Text.Json.Serialization;

namespace Arauto.Server.Demo.Map;

/// <summary>A place on the map, in its own units: from (0, 0) at the top left to (<see cref="Width"/>, <see cref="Height"/>).</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Down.</param>
internal readonly record struct MapPoint([property: JsonRequired] double X, [property: JsonRequired] double Y)
{
    /// <summary>The greatest <see cref="X"/>.</summary>
    public const double Width = 1000;

    /// <summary>The greatest <see cref="Y"/>.</summary>
    public const double Height = 640;

    /// <summary>Whether the place is on the map. Infinities are not.</summary>
    [JsonIgnore]
    public bool IsOnMap => X is >= 0 and <= Width && Y is >= 0 and <= Height;
}
