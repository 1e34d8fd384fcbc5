namespace Arauto.Metrics;

/// <summary>The types of the Prometheus text format that are written here.</summary>
internal enum MetricKind
{
    /// <summary>Only rises.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Counts values per bucket.</summary>
    Histogram,
}
