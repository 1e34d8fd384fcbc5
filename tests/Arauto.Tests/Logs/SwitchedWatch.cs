using Arauto.Logs.Island;

namespace Arauto.Tests.Logs;

/// <summary>Says of channels that they are away as a test wants it.</summary>
internal sealed class SwitchedWatch(TimeProvider time) : IHomeWatch
{
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private DateTimeOffset? _since;

    /// <summary>Whether the channels are away.</summary>
    public bool IsAway
    {
        get => _since is not null;
        set => _since = value ? _since ?? time.GetUtcNow() : null;
    }

    /// <summary>Those that are; all if there are none.</summary>
    public HashSet<string> Channels { get; } = new(StringComparer.Ordinal);

    /// <summary>Of what failures were told.</summary>
    public IReadOnlySet<string> Failures => _failed;

    public bool IsWhole => !IsAway;

    public DateTimeOffset? AwaySince(string channel) => Channels.Count == 0 || Channels.Contains(channel) ? _since : null;

    public void Failed(string channel, long askedAt) => _failed.Add(channel);
}
