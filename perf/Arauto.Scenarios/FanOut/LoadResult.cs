namespace Arauto.Scenarios.FanOut;

/// <summary>One run: the server's processor time per delivery and latencies in microseconds, deliveries lost, and processors used by others.</summary>
internal sealed record LoadResult(double ProcessorPerDelivery, double P50, double P99, long Lost, double OtherProcessors);
