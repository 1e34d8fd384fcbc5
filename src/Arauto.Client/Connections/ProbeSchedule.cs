namespace Arauto.Client.Connections;

/// <summary>
/// Waits between probes of a better transport: they double up to a cap, each spread by a quarter up and down, so that
/// clients behind one proxy do not probe together. Not thread-safe.
/// </summary>
internal sealed class ProbeSchedule(TimeSpan first, TimeSpan cap, Random random)
{
    private TimeSpan _next = first;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var wait = _next * (0.75 + random.NextDouble() / 2);
        _next = _next * 2 < cap ? _next * 2 : cap;
        return wait;
    }
}
