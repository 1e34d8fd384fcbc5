namespace Arauto.Server.Demo.Map;

/// <summary>Something that happened at a place. Its id is a UUID of the page that reported it, so that reporting can be repeated.</summary>
internal sealed record Incident : MapObject
{
    /// <summary>The most characters of <see cref="Text"/>.</summary>
    public const int MaxText = 120;

    /// <summary>What happened.</summary>
    public required IncidentKind Kind { get; init; }

    /// <summary>How far it is.</summary>
    public required IncidentStatus Status { get; init; }

    /// <summary>Where.</summary>
    public required MapPoint Place { get; init; }

    /// <summary>In somebody's words; may be empty.</summary>
    public required string Text { get; init; }
}
