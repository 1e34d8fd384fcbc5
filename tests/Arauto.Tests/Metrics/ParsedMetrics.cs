using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Arauto.Metrics;

namespace Arauto.Tests.Metrics;

/// <summary>The text read back, strictly.</summary>
internal sealed partial class ParsedMetrics
{
    private readonly Dictionary<string, double> _samples = [];

    public ParsedMetrics(PrometheusText source)
    {
        var buffer = new ArrayBufferWriter<byte>();
        source.Write(buffer);
        Text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        Assert.EndsWith("\n", Text, StringComparison.Ordinal);
        var lines = Text.TrimEnd('\n').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var type = TypeLine().Match(lines[i + 1]);
                Assert.True(type.Success, lines[i + 1]);
                Assert.Equal(lines[i].Split(' ')[2], type.Groups[1].Value);
                Types.Add(type.Groups[1].Value, type.Groups[2].Value);
                i++;
                continue;
            }
            var sample = SampleLine().Match(lines[i]);
            Assert.True(sample.Success, lines[i]);
            _samples.Add(sample.Groups[1].Value, sample.Groups[2].Value == "+Inf" ? double.PositiveInfinity : double.Parse(sample.Groups[2].Value, CultureInfo.InvariantCulture));
        }
    }

    public string Text { get; }

    public Dictionary<string, string> Types { get; } = [];

    public IEnumerable<string> Names => _samples.Keys;

    public double this[string sample] => _samples[sample];

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})?) (\S+)$""")]
    private static partial Regex SampleLine();
}
