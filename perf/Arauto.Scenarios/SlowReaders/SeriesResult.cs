namespace Arauto.Scenarios.SlowReaders;

/// <summary>What a series showed.</summary>
internal sealed record SeriesResult(SeriesSettings Settings, IReadOnlyList<PhaseResult> Phases, long StartBytes, long EndBytes)
{
    /// <summary>The median p99 of the phases with a slow reader over that of the phases without.</summary>
    public double P99Ratio => Statistics.Median(Of(slow: true).Select(phase => phase.P99)) / Statistics.Median(Of(slow: false).Select(phase => phase.P99));

    /// <summary>B over A of each pair.</summary>
    public IReadOnlyList<double> PairRatios => [.. Of(slow: false).Zip(Of(slow: true), (a, b) => b.P99 / a.P99)];

    /// <summary>The phases of one kind.</summary>
    public PhaseResult[] Of(bool slow) => [.. Phases.Where(phase => phase.IsSlow == slow)];
}
