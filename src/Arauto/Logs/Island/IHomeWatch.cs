namespace Arauto.Logs.Island;

/// <summary>Knows which channels of a shared log have been away for so long that they go on without it. Safe for concurrent use.</summary>
internal interface IHomeWatch
{
    /// <summary>Whether no channel is away.</summary>
    bool IsWhole { get; }

    /// <summary>Since when a channel is away; <see langword="null"/> while it is there, or may be back in a moment.</summary>
    DateTimeOffset? AwaySince(string channel);

    /// <summary>A call for a channel has failed.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="askedAt">The timestamp of the call.</param>
    void Failed(string channel, long askedAt);
}
