using System.ComponentModel.DataAnnotations;

namespace Arauto.Options;

/// <summary>How a node goes away.</summary>
public sealed class DrainOptions
{
    /// <summary>Seconds after which remaining connections are closed, 0 to 600. Default: 10.</summary>
    [Range(0, 600)]
    public int DeadlineSeconds { get; set; } = 10;

    /// <summary>Over how many seconds <c>move</c> frames are spread, 0 to 600 and at most the deadline. Default: 2.</summary>
    [Range(0, 600)]
    public int SpreadSeconds { get; set; } = 2;

    /// <summary>Clients are told to come back after a random time of up to this many seconds, 0 to 600. Default: 5.</summary>
    [Range(0, 600)]
    public int ReturnWithinSeconds { get; set; } = 5;
}
