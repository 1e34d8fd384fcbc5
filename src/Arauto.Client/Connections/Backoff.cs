namespace Arauto.Client.Connections;

/// <summary>
/// Waits between tries: random between a millisecond and a ceiling that doubles from <paramref name="first"/> up to
/// <paramref name="cap"/>. The whole range is random ("full jitter"), so that clients that lost a server together
/// do not come back together. Not thread-safe.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Random random)
{
    private int _tries;

    /// <summary>The next wait; below the ceiling.</summary>
    public TimeSpan Next()
    {
        // 2^30 times any first wait is past every sensible cap; the clamp keeps the shift from overflowing.
        var ceiling = Math.Min(first.TotalMilliseconds * (1L << Math.Min(_tries, 30)), cap.TotalMilliseconds);
        _tries++;
        return Part(ceiling);
    }

    /// <summary>A random part of the first wait, without counting a try; spreads clients that were told the same time.</summary>
    public TimeSpan Jitter() => Part(first.TotalMilliseconds);

    /// <summary>Begins anew: the next ceiling is the first.</summary>
    public void Reset() => _tries = 0;

    /// <summary>At least a millisecond: timers know no less, and a wait that is announced takes place.</summary>
    private TimeSpan Part(double ceiling) => TimeSpan.FromMilliseconds(Math.Max(1, ceiling * random.NextDouble()));
}
