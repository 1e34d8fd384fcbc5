using System.Buffers;
using System.Diagnostics.Metrics;

namespace Arauto.Metrics;

/// <summary>
/// Collects a node's metrics and writes them in the Prometheus text exposition format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Safe for concurrent use.
/// </summary>
/// <remarks>Only instruments of the given metrics are collected: other nodes in the same process have their own.</remarks>
public sealed class PrometheusText : IDisposable
{
    /// <summary>The content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private volatile MetricFamily[] _families = [];

    /// <summary>Starts to collect. Create it together with the metrics: what was counted before is not seen.</summary>
    public PrometheusText(ArautoMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter)) listener.EnableMeasurementEvents(instrument, Register(instrument));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, family) => ((MetricFamily)family!).Find(labels).Add(value));
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, family) => Record((MetricFamily)family!, value, labels));
        _listener.Start();
        metrics.ShowKnownSeries();
    }

    /// <summary>Writes all metrics and those of the process.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        _listener.RecordObservableInstruments();
        var writer = new TextFormatWriter(output);
        foreach (var family in _families) Write(family, writer);
        ProcessMetrics.Write(writer);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Record(MetricFamily family, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        // Not a number would make the sum one for ever; it can only be a fault of the caller's clock.
        if (!double.IsFinite(value)) return;
        if (family.IsMeasured) family.Find(labels).Set(value);
        else family.Find(labels).Record(value, family.Bounds);
    }

    private MetricFamily Register(Instrument instrument)
    {
        var family = instrument switch
        {
            Histogram<double> histogram => new MetricFamily(instrument, MetricKind.Histogram, [.. histogram.Advice?.HistogramBucketBoundaries ?? []]),
            Counter<long> => new MetricFamily(instrument, MetricKind.Counter, []),
            UpDownCounter<long> => new MetricFamily(instrument, MetricKind.Gauge, []),
            ObservableGauge<double> => new MetricFamily(instrument, MetricKind.Gauge, [], isMeasured: true),
            _ => throw new NotSupportedException($"{instrument.Name} is of a kind that is not exposed: {instrument.GetType().Name}."),
        };
        lock (_gate) _families = [.. _families, family];
        return family;
    }

    private static void Write(MetricFamily family, TextFormatWriter writer)
    {
        writer.Head(family.Name, family.Help, family.Kind);
        if (family.Series.Count == 0) Write(family, family.CreateUntouched(), writer);
        foreach (var series in family.Series) Write(family, series, writer);
    }

    private static void Write(MetricFamily family, MetricSeries series, TextFormatWriter writer)
    {
        if (family.Kind == MetricKind.Histogram) WriteHistogram(family, series, writer);
        else if (family.IsMeasured) writer.Sample(family.Name, "", series.Labels, series.Sum);
        else writer.Sample(family.Name, "", series.Labels, series.Count);
    }

    private static void WriteHistogram(MetricFamily family, MetricSeries series, TextFormatWriter writer)
    {
        // The count is the sum of the buckets as read here, so that the text agrees with itself while others record.
        long count = 0;
        for (var i = 0; i <= family.Bounds.Length; i++)
        {
            count += series.Bucket(i);
            writer.Bucket(family.Name, series.Labels, i < family.Bounds.Length ? family.Bounds[i] : double.PositiveInfinity, count);
        }
        writer.Sample(family.Name, "_sum", series.Labels, series.Sum);
        writer.Sample(family.Name, "_count", series.Labels, count);
    }
}
