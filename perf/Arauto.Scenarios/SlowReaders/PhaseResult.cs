namespace Arauto.Scenarios.SlowReaders;

/// <summary>What a phase showed.</summary>
/// <param name="IsSlow">Whether the last reader did not read.</param>
/// <param name="P50">Median time from when a message was due to its arrival at one of the other readers, in microseconds.</param>
/// <param name="P99">The 99th percentile of it.</param>
/// <param name="Missing">Deliveries to the other readers that did not come.</param>
/// <param name="ProcessorPerDelivery">Microseconds of the server's processor time per delivery.</param>
/// <param name="PeakBytes">The server's most resident bytes.</param>
/// <param name="OtherProcessors">Processors used by everything but server and clients; above some tenths the phase was disturbed.</param>
/// <param name="Fate">What became of the slow reader.</param>
internal sealed record PhaseResult(bool IsSlow, double P50, double P99, long Missing, double ProcessorPerDelivery, long PeakBytes, double OtherProcessors, string Fate);
