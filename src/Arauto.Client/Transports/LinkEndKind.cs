namespace Arauto.Client.Transports;

/// <summary>What a <see cref="LinkEnd"/> means for the next try.</summary>
internal enum LinkEndKind
{
    /// <summary>Come back after a wait.</summary>
    Lost,

    /// <summary>Come back when the server said.</summary>
    Moved,

    /// <summary>Come back only with another token; another transport does not help.</summary>
    Unauthorized,

    /// <summary>Do not come back this way.</summary>
    Refused,

    /// <summary>A better transport took over.</summary>
    Replaced,
}
