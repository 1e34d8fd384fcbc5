using System.Buffers;
using System.Globalization;
using System.Text;

namespace Arauto.Metrics;

/// <summary>Writes lines of the Prometheus text format: <c># HELP</c>, <c># TYPE</c>, samples; with its escapes.</summary>
internal sealed class TextFormatWriter(IBufferWriter<byte> output)
{
    private readonly StringBuilder _line = new(256);

    /// <summary>Begins a metric.</summary>
    public void Head(string name, string help, MetricKind kind)
    {
        _line.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        _line.Append("# TYPE ").Append(name).Append(' ').Append(kind switch { MetricKind.Counter => "counter", MetricKind.Gauge => "gauge", _ => "histogram" });
        Flush();
    }

    /// <summary>Writes one sample.</summary>
    public void Sample(string name, string suffix, ReadOnlySpan<KeyValuePair<string, object?>> labels, double value)
    {
        _line.Append(name).Append(suffix);
        Labels(labels, null);
        Value(value);
    }

    /// <summary>Writes a bucket of a histogram.</summary>
    public void Bucket(string name, ReadOnlySpan<KeyValuePair<string, object?>> labels, double bound, long count)
    {
        _line.Append(name).Append("_bucket");
        Labels(labels, Number(bound));
        Value(count);
    }

    /// <summary>Writes a metric with one sample without labels.</summary>
    public void Single(string name, string help, MetricKind kind, double value)
    {
        Head(name, help, kind);
        Sample(name, "", [], value);
    }

    private void Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels, string? bound)
    {
        if (labels.Length == 0 && bound is null) return;
        var separator = '{';
        foreach (var (name, value) in labels)
        {
            _line.Append(separator).Append(name).Append("=\"");
            foreach (var c in (string)value!) _ = c switch { '\\' => _line.Append(@"\\"), '"' => _line.Append("\\\""), '\n' => _line.Append(@"\n"), _ => _line.Append(c) };
            _line.Append('"');
            separator = ',';
        }
        if (bound is not null) _line.Append(separator).Append("le=\"").Append(bound).Append('"');
        _line.Append('}');
    }

    private void Value(double value)
    {
        _line.Append(' ').Append(Number(value));
        Flush();
    }

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private void Flush()
    {
        _line.Append('\n');
        foreach (var chunk in _line.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
        _line.Clear();
    }
}
