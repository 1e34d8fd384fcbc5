namespace Arauto.Server.Demo.Map;

/// <summary>How far an incident is.</summary>
internal enum IncidentStatus
{
    /// <summary>Nobody is on it yet.</summary>
    Open,

    /// <summary>Somebody is.</summary>
    Assigned,

    /// <summary>It is over.</summary>
    Resolved,
}
