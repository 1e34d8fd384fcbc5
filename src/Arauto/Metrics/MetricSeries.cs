namespace Arauto.Metrics;

/// <summary>The numbers of one set of labels. Safe for concurrent use.</summary>
internal sealed class MetricSeries
{
    private readonly KeyValuePair<string, object?>[] _labels;
    private readonly long[] _buckets;
    private long _count;
    private double _sum;

    /// <summary>Creates a series at 0.</summary>
    public MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> labels, bool isOverflow, int buckets)
    {
        IsOverflow = isOverflow;
        _labels = new KeyValuePair<string, object?>[labels.Length];
        for (var i = 0; i < labels.Length; i++) _labels[i] = new(labels[i].Key, isOverflow ? "overflow" : Convert.ToString(labels[i].Value) ?? "");
        _buckets = buckets == 0 ? [] : new long[buckets];
    }

    /// <summary>Whether it stands for all that found no place.</summary>
    public bool IsOverflow { get; }

    /// <summary>The labels; the values are texts.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Labels => _labels;

    /// <summary>The sum of what was added.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The sum of the values of a histogram, or the value of a gauge that was set.</summary>
    public double Sum => Volatile.Read(ref _sum);

    /// <summary>How many values fell into a bucket, not counting lower ones.</summary>
    public long Bucket(int index) => Interlocked.Read(ref _buckets[index]);

    /// <summary>Whether these are its labels, in its order.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (labels.Length != _labels.Length) return false;
        for (var i = 0; i < labels.Length; i++)
        {
            // Values are nearly always the same constant instances, so the comparison ends at the reference.
            if (labels[i].Key != _labels[i].Key) return false;
            if (!ReferenceEquals(labels[i].Value, _labels[i].Value) && (labels[i].Value as string ?? Convert.ToString(labels[i].Value) ?? "") != (string)_labels[i].Value!) return false;
        }
        return true;
    }

    /// <summary>Adds to a counter or gauge.</summary>
    public void Add(long value) => Interlocked.Add(ref _count, value);

    /// <summary>Sets a gauge that is read when it is asked for.</summary>
    public void Set(double value) => Volatile.Write(ref _sum, value);

    /// <summary>Puts a value into a histogram.</summary>
    public void Record(double value, double[] bounds)
    {
        var index = 0;
        while (index < bounds.Length && value > bounds[index]) index++;
        Interlocked.Increment(ref _buckets[index]);
        double seen, next;
        do
        {
            seen = Volatile.Read(ref _sum);
            next = seen + value;
        }
        while (Interlocked.CompareExchange(ref _sum, next, seen) != seen);
    }
}
