using System.Collections.Concurrent;

namespace Arauto.Limits;

/// <summary>A token bucket per key (user, address), all with one rate. Safe for concurrent use; no timer.</summary>
/// <remarks>
/// <para>A full bucket says no more than none, so full ones are swept: when the table has doubled since the last sweep,
/// which costs each new key a constant share, and at the bound at most once in the time a bucket takes to fill.</para>
/// <para>Policy at the bound: keys that find no place share one bucket until there is place again. Memory stays bounded and
/// the limit holds under an attack from many addresses; known keys are not touched, new ones are refused sooner.</para>
/// </remarks>
internal sealed class KeyedTokenBuckets<TKey>(TokenRate rate, TimeProvider time, int maxKeys = KeyedTokenBuckets<TKey>.DefaultMaxKeys)
    where TKey : notnull
{
    /// <summary>The most buckets of one table.</summary>
    public const int DefaultMaxKeys = 100_000;

    private const int SmallestSweep = 1024;
    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = new();
    private readonly Bucket _shared = new();
    private readonly Lock _sweeping = new();
    private int _count;
    private int _sweepAt = Math.Min(SmallestSweep, maxKeys);
    private long _nextSweep = long.MinValue;

    /// <summary>How many keys have a bucket now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a token of <paramref name="key"/> if there is one.</summary>
    /// <param name="key">Whose bucket.</param>
    /// <param name="wait">When there is none: the time after which there is one again.</param>
    public bool TryTake(TKey key, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (rate.IsUnlimited) return true;
        var now = time.GetTimestamp();
        while (true)
        {
            var bucket = GetOrAdd(key, now);
            if (bucket.Tokens.TryTake(rate, now, out wait)) return true;
            if (!bucket.Tokens.IsRetired) return false;
            // Swept between look-up and take; it was full, so a new one is the same.
        }
    }

    private Bucket GetOrAdd(TKey key, long now)
    {
        if (_buckets.TryGetValue(key, out var bucket)) return bucket;
        if (Volatile.Read(ref _count) >= Volatile.Read(ref _sweepAt)) Sweep(now);
        // The place is taken before the entry is made, so that concurrent newcomers cannot pass the bound together.
        if (!TryReserve()) return _shared;
        var added = new Bucket();
        bucket = _buckets.GetOrAdd(key, added);
        if (!ReferenceEquals(bucket, added)) Interlocked.Decrement(ref _count);
        return bucket;
    }

    private bool TryReserve()
    {
        var count = Volatile.Read(ref _count);
        while (count < maxKeys)
        {
            var seen = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (seen == count) return true;
            count = seen;
        }
        return false;
    }

    private void Sweep(long now)
    {
        if (!_sweeping.TryEnter()) return;
        try
        {
            if (now < _nextSweep && _count >= maxKeys) return;
            foreach (var (key, bucket) in _buckets)
                if (bucket.Tokens.TryRetire(now) && _buckets.TryRemove(KeyValuePair.Create(key, bucket))) Interlocked.Decrement(ref _count);
            _nextSweep = now + Math.Min(rate.Depth, rate.Frequency);
            Volatile.Write(ref _sweepAt, Math.Min(maxKeys, Math.Max(SmallestSweep, 2 * Count)));
        }
        finally
        {
            _sweeping.Exit();
        }
    }

    private sealed class Bucket
    {
        public TokenBucket Tokens;
    }
}
