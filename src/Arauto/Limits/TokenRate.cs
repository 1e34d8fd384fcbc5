namespace Arauto.Limits;

/// <summary>The rate of a token bucket, computed once for a clock: how many at once, and how long until one more. Immutable.</summary>
internal readonly struct TokenRate
{
    /// <summary>A rate that limits nothing.</summary>
    public static TokenRate Unlimited => default;

    /// <summary>Creates a rate.</summary>
    /// <param name="perSecond">How many tokens come back per second; 0 or less limits nothing.</param>
    /// <param name="burst">How many may be taken at once, at least 1.</param>
    /// <param name="time">The clock whose timestamps are used with the buckets.</param>
    public TokenRate(double perSecond, int burst, TimeProvider time)
    {
        if (perSecond <= 0) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        Frequency = time.TimestampFrequency;
        Interval = (long)Math.Clamp(Frequency / perSecond, 1, long.MaxValue / 4);
        Depth = (long)Math.Min((double)Interval * burst, long.MaxValue / 4);
    }

    /// <summary>A rate in tokens per minute.</summary>
    public static TokenRate PerMinute(double perMinute, int burst, TimeProvider time) => new(perMinute / 60, burst, time);

    /// <summary>Whether there is no limit.</summary>
    public bool IsUnlimited => Interval == 0;

    /// <summary>Timestamp ticks until one token is back.</summary>
    public long Interval { get; }

    /// <summary>Timestamp ticks until an empty bucket is full.</summary>
    public long Depth { get; }

    /// <summary>Timestamp ticks per second.</summary>
    public long Frequency { get; }
}
