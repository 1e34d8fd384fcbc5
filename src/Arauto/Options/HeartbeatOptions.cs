namespace Arauto.Options;

/// <summary>How a dead peer is found.</summary>
public sealed class HeartbeatOptions
{
    /// <summary>Seconds between heartbeats, 1 to 60. Default: 30.</summary>
    public int IntervalSeconds { get; set; } = 30;

    /// <summary>Seconds of silence after which a connection is dead, above the interval and at most 120. Default: 90.</summary>
    public int TimeoutSeconds { get; set; } = 90;
}
