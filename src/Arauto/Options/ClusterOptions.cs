using System.ComponentModel.DataAnnotations;

namespace Arauto.Options;

/// <summary>How nodes that share a Redis behave towards each other.</summary>
public sealed class ClusterOptions
{
    /// <summary>Seconds after which a node that says nothing is taken for dead, its presence and connections for gone, 1 to 60. Default: 5.</summary>
    [Range(1, 60)]
    public int LeaseSeconds { get; set; } = 5;

    /// <summary>Seconds for which no commands are sent to Redis after half of them failed, unless it is seen to be well before, 1 to 300. Default: 30.</summary>
    [Range(1, 300)]
    public int CircuitSeconds { get; set; } = 30;

    /// <summary>
    /// Seconds for which Redis must be away before messages of channels that Redis alone keeps are delivered on their own
    /// node, 1 to 3600; until then they are refused, so that publishers try again. Default: 5.
    /// </summary>
    [Range(1, 3600)]
    public int IslandSeconds { get; set; } = 5;

    /// <summary>Hours without activity after which a room that Redis alone keeps is dropped with its messages, 1 to 87600. Default: 24.</summary>
    [Range(1, 87600)]
    public int RoomHours { get; set; } = 24;
}
