using Arauto.Transports.EngineIo;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    /// <summary>How long the end of a session waits for the GET that fetches it, as in the reference server.</summary>
    private static readonly TimeSpan KeepEnd = TimeSpan.FromSeconds(30);

    /// <summary>By how much clocks and timers round: who waits for the deadline and comes then must not be too early by that.</summary>
    internal static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    // Guarded by _gate, in the time of the wheel. The next ping, or the end of the wait for a pong.
    private TimeSpan _heartbeatDue;
    private TimeSpan _endDue;
    private bool _awaitsPong;
    private bool _extended;

    /// <summary>Looks at the deadlines; called by the wheel, perhaps too early.</summary>
    internal void ComeUp()
    {
        EngineIoSocket? lateProbe = null, lateCarrier = null;
        bool pings;
        if (EndIfSilent()) return;
        lock (_gate)
        {
            var now = _mount.Deadlines.Now;
            pings = _phase == Phase.Open && !_awaitsPong && now >= _heartbeatDue;
            if (pings) AwaitPong(now);
            if (_probe is { } probe)
            {
                if (now >= probe.UpgradeDue) (lateProbe, _probe) = (probe, null);
                else if (now >= probe.NextTick) ReleasePoll(probe, now);
            }
            if (_phase == Phase.Ending && now >= _endDue)
            {
                lateCarrier = _carrier;
                EndNow();
            }
            Schedule();
        }
        if (pings) Enqueue(EngineIoFrames.Ping, isBounded: false);
        lateProbe?.Close();
        lateCarrier?.Close();
    }

    /// <summary>
    /// Closes a session whose client did not answer in time. Every request asks, because a request that comes in the moment
    /// of the deadline must see it, wherever the wheel stands.
    /// </summary>
    internal bool EndIfSilent()
    {
        lock (_gate)
        {
            if (_phase != Phase.Open || !_awaitsPong || _inTurn || _mount.Deadlines.Now + Rounding < _heartbeatDue) return false;
        }
        Close(EngineIoCloseReason.PingTimeout);
        return true;
    }

    /// <summary>The client said something.</summary>
    /// <returns><see langword="false"/> if the session is over.</returns>
    private bool Hear(EngineIoPacketType type)
    {
        lock (_gate)
        {
            if (_phase != Phase.Open) return false;
            var now = _mount.Deadlines.Now;
            if (type == EngineIoPacketType.Pong)
            {
                _awaitsPong = _extended = false;
                _heartbeatDue = now + _mount.Options.PingInterval;
                Schedule();
            }
            else if (_awaitsPong && !_extended)
            {
                // A long message can hold up the pong behind it; once, so that other packets do not stand in for pongs for ever.
                _extended = true;
                _heartbeatDue = now + _mount.Options.PingTimeout;
            }
            return true;
        }
    }

    /// <summary>
    /// The wait counts from the moment at which the ping was due, so that the end comes exactly when the client expects it;
    /// but after a pause of this process from now, so that clients are not blamed for it.
    /// </summary>
    private void AwaitPong(TimeSpan now)
    {
        var isLate = now - _heartbeatDue > _mount.Options.PingTimeout / 2;
        _heartbeatDue = (isLate ? now : _heartbeatDue) + _mount.Options.PingTimeout;
        _awaitsPong = true;
    }

    /// <summary>While the handler kept the client waiting its pong could not be read.</summary>
    private void ForgiveSilence()
    {
        var now = _mount.Deadlines.Now;
        if (!_awaitsPong || now < _heartbeatDue) return;
        _heartbeatDue = now + _mount.Options.PingTimeout;
    }

    /// <summary>During an upgrade a pending GET is released, so that the client can switch; not at once, so that messages that are just coming can be its answer.</summary>
    private void ReleasePoll(EngineIoSocket probe, TimeSpan now)
    {
        if (_poll is not null) AnswerPoll([EngineIoFrames.Noop]);
        probe.SkipTicks(now);
    }

    /// <summary>Tells the wheel when to look again.</summary>
    private void Schedule()
    {
        if (_phase == Phase.Closed)
        {
            _mount.Deadlines.Remove(this);
            return;
        }
        var due = _phase == Phase.Ending ? _endDue : _heartbeatDue;
        if (_probe is { } probe)
        {
            if (probe.UpgradeDue < due) due = probe.UpgradeDue;
            if (_poll is not null && probe.NextTick < due) due = probe.NextTick;
        }
        _mount.Deadlines.Set(this, due);
    }
}
