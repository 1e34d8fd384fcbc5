namespace Arauto.Stores.Redis;

/// <summary>The channels of which something was told that is told once. Bounded; at the bound all are forgotten and told again. Safe for concurrent use.</summary>
internal sealed class ToldChannels
{
    private const int MaxChannels = 1000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _channels = new(StringComparer.Ordinal);

    /// <summary>Notes a channel.</summary>
    /// <returns>Whether it was not noted before.</returns>
    public bool TryAdd(string channel)
    {
        lock (_gate)
        {
            if (_channels.Count >= MaxChannels && !_channels.Contains(channel)) _channels.Clear();
            return _channels.Add(channel);
        }
    }
}
