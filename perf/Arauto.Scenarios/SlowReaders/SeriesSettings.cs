namespace Arauto.Scenarios.SlowReaders;

/// <summary>One series: alternating phases against one server.</summary>
/// <param name="Policy">The channel's policy for slow consumers.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="Readers">Subscribers besides the one that is slow in the phases B.</param>
/// <param name="Pairs">How many phases of each kind.</param>
/// <param name="Seconds">The measured part of a phase.</param>
/// <param name="PayloadBytes">The size of a message's data.</param>
internal sealed record SeriesSettings(string Policy, int Rate, int Readers, int Pairs, int Seconds, int PayloadBytes);
