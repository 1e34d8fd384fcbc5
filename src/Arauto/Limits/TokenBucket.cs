namespace Arauto.Limits;

/// <summary>A token bucket in eight bytes, without a timer. Starts full. Safe for concurrent use; a field, not to be copied.</summary>
/// <remarks>
/// Kept as the moment at which the bucket will be full again (the "theoretical arrival time" of the generic cell rate
/// algorithm, ITU-T I.371): taking moves it one interval ahead, and more than a bucket's depth ahead of now is refused.
/// </remarks>
internal struct TokenBucket
{
    private const long Retired = long.MaxValue / 2; // Leaves room for an interval to be added.
    private long _fullAt;

    /// <summary>Creates a bucket that is full. <paramref name="now"/> is a timestamp; a bucket left at its default is full too, as timestamps are not negative.</summary>
    public TokenBucket(long now) => _fullAt = now;

    /// <summary>Takes a token if there is one.</summary>
    /// <param name="rate">The rate; the same at every call.</param>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="wait">When there is none: the time after which there is one again.</param>
    public bool TryTake(in TokenRate rate, long now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (rate.IsUnlimited) return true;
        while (true)
        {
            var seen = Volatile.Read(ref _fullAt);
            var next = Math.Max(seen, now) + rate.Interval;
            var early = next - rate.Depth - now;
            if (early > 0)
            {
                wait = TimeSpan.FromSeconds((double)early / rate.Frequency);
                return false;
            }
            if (Interlocked.CompareExchange(ref _fullAt, next, seen) == seen) return true;
        }
    }

    /// <summary>Whether nothing is missing, so that a new bucket would behave the same.</summary>
    public readonly bool IsFull(long now) => Volatile.Read(in _fullAt) <= now;

    /// <summary>Ends a bucket that is full, so that no token can be taken from it after it left its table.</summary>
    public bool TryRetire(long now)
    {
        var seen = Volatile.Read(ref _fullAt);
        return seen <= now && Interlocked.CompareExchange(ref _fullAt, Retired, seen) == seen;
    }

    /// <summary>Whether <see cref="TryRetire"/> ended it.</summary>
    public readonly bool IsRetired => Volatile.Read(in _fullAt) == Retired;
}
