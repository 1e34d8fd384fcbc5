using Arauto.Protocol.Frames;

namespace Arauto.Client.Connections;

/// <summary>What to do about silence: a ping after each interval, the end after the timeout. Pure.</summary>
internal readonly struct Heartbeat
{
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;

    public Heartbeat(ConnectedFrame connected)
    {
        // Somebody else's numbers: an interval of zero would spin, one of years would overflow the timer.
        _interval = TimeSpan.FromSeconds(Math.Clamp(connected.HeartbeatInterval, 1, 3600));
        _timeout = TimeSpan.FromSeconds(Math.Clamp(connected.HeartbeatTimeout, _interval.TotalSeconds + 1, 7200));
    }

    /// <summary>The step after <paramref name="silence"/>, and when to look <paramref name="next"/>.</summary>
    public HeartbeatAction After(TimeSpan silence, out TimeSpan next)
    {
        if (silence >= _timeout)
        {
            next = TimeSpan.Zero;
            return HeartbeatAction.GiveUp;
        }
        var left = _timeout - silence;
        if (silence >= _interval)
        {
            next = left < _interval ? left : _interval;
            return HeartbeatAction.Ping;
        }
        next = _interval - silence;
        return HeartbeatAction.None;
    }
}
