using Arauto.Protocol;

namespace Arauto.Logs.Island;

/// <summary>Where whoever was in an epoch of this node's own goes on in the shared log. Safe for concurrent use.</summary>
/// <param name="home">Where a feed of this node was, which has delivered all that is in front and nothing behind it; <see langword="null"/> if there was none.</param>
/// <param name="since">When the shared log went away.</param>
internal sealed class WayBack(Position? home, DateTimeOffset since)
{
    private readonly Lock _gate = new();
    private Position? _home = home;

    /// <summary>Whether the epoch counts on from <see cref="Home"/>: who heard nothing of it has missed nothing.</summary>
    public bool IsContinuation { get; } = home is not null;

    /// <summary>When the shared log went away: what was taken later, nobody here can have heard from it.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>The place in the shared log; <see langword="null"/> until that can be looked at.</summary>
    public Position? Home
    {
        get
        {
            lock (_gate) return _home;
        }
    }

    /// <summary>The place was looked for; the first one that was found counts.</summary>
    public Position Find(Position found)
    {
        lock (_gate) return _home ??= found;
    }
}
