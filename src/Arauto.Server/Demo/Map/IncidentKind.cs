namespace Arauto.Server.Demo.Map;

/// <summary>What happened.</summary>
internal enum IncidentKind
{
    /// <summary>On a road.</summary>
    Accident,

    /// <summary>Something burns.</summary>
    Fire,

    /// <summary>Water where none should be.</summary>
    Flood,

    /// <summary>No power.</summary>
    Outage,
}
