using System.Diagnostics.Metrics;

namespace Arauto.Metrics;

/// <summary>All series of one instrument. Recording takes no lock and allocates nothing for a series that is known.</summary>
internal sealed class MetricFamily(Instrument instrument, MetricKind kind, double[] bounds, bool isMeasured = false)
{
    /// <summary>The most series of one instrument.</summary>
    public const int MaxSeries = 200;

    private readonly Lock _gate = new();
    private volatile MetricSeries[] _series = [];

    /// <summary>The name, as in the text.</summary>
    public string Name => instrument.Name;

    /// <summary>What it counts, in words.</summary>
    public string Help => instrument.Description ?? "";

    /// <summary>Its type in the text.</summary>
    public MetricKind Kind => kind;

    /// <summary>Whether its values are read when they are asked for, instead of counted.</summary>
    public bool IsMeasured => isMeasured;

    /// <summary>Upper bounds of the buckets of a histogram, ascending, without infinity.</summary>
    public double[] Bounds => bounds;

    /// <summary>The series now.</summary>
    public IReadOnlyList<MetricSeries> Series => _series;

    private int Buckets => kind == MetricKind.Histogram ? bounds.Length + 1 : 0;

    /// <summary>A series at 0 without labels, to be shown until there is a real one.</summary>
    public MetricSeries CreateUntouched() => new([], false, Buckets);

    /// <summary>The series with these labels, made if it is new. Beyond <see cref="MaxSeries"/> all share one whose labels say <c>overflow</c>.</summary>
    public MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        foreach (var series in _series)
            if (series.Has(labels)) return series;
        lock (_gate)
        {
            foreach (var series in _series)
                if (series.Has(labels)) return series;
            var isFull = _series.Length >= MaxSeries - 1;
            if (isFull && _series.FirstOrDefault(series => series.IsOverflow) is { } overflow) return overflow;
            var added = new MetricSeries(labels, isFull, Buckets);
            _series = [.. _series, added];
            return added;
        }
    }
}
