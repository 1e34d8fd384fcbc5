using Arauto.Protocol;

namespace Arauto.Logs;

/// <summary>Epochs by their value, both ends included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
public readonly record struct EpochRange(Epoch First, Epoch Last)
{
    /// <summary>Whether an epoch is one of them.</summary>
    public bool Contains(Epoch epoch) => epoch.Value >= First.Value && epoch.Value <= Last.Value;
}
