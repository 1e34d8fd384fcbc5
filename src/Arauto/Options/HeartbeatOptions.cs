using System.ComponentModel.DataAnnotations;

namespace Arauto.Options;

/// <summary>How a dead peer is found.</summary>
public sealed class HeartbeatOptions
{
    /// <summary>Seconds between heartbeats, 1 to 60. Default: 30.</summary>
    [Range(1, 60)]
    public int IntervalSeconds { get; set; } = 30;

    /// <summary>Seconds of silence after which a connection is dead, above the interval and at most 120. Default: 90.</summary>
    [Range(2, 120)]
    public int TimeoutSeconds { get; set; } = 90;
}
