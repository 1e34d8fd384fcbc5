using Arauto.EngineIo;

namespace Arauto.Transports.EngineIo;

/// <summary>
/// A hashed timer wheel for the sessions of all addresses of a node: one timer while there are sessions, none otherwise.
/// An entry only makes its session look at its own deadlines, so it may come early; it is at most one tick late.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Its lock may be taken while a session's is held and never the other way round. Entries are linked
/// through the sessions, so that a session that ends leaves nothing behind.
/// </remarks>
internal sealed class EngineIoDeadlines : IDisposable
{
    /// <summary>The resolution: protocol tests allow a ping or an end some tens of milliseconds.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);

    /// <summary>51 s: above the usual heartbeat. What is due later comes up early once per turn of the wheel.</summary>
    private const int Slots = 2048;

    private readonly Lock _gate = new();
    private readonly EngineIoSession?[] _slots = new EngineIoSession?[Slots];
    private readonly List<EngineIoSession> _due = [];
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private long _tick;
    private int _entries;
    private bool _ticking;
    private bool _advancing;

    public EngineIoDeadlines(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        // Made here and not with the first session, whose request it would keep: a timer runs in the context that made it.
        _timer = time.CreateTimer(static state => ((EngineIoDeadlines)state!).Advance(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time in which deadlines are given.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Has the session come up at this time; an earlier entry stays.</summary>
    public void Set(EngineIoSession session, TimeSpan due)
    {
        lock (_gate)
        {
            StartTicking();
            // Not rounded up: the timer fires somewhere within a tick, and one that is looked at too early comes up with the next.
            var tick = Math.Clamp(due.Ticks / Tick.Ticks, _tick + 1, _tick + Slots - 1);
            if (session.DueTick is var known and > 0)
            {
                if (known <= tick) return;
                Unlink(session);
            }
            Link(session, tick);
        }
    }

    /// <summary>Forgets the session.</summary>
    public void Remove(EngineIoSession session)
    {
        lock (_gate)
        {
            if (session.DueTick > 0) Unlink(session);
            if (_entries == 0) StopTicking();
        }
    }

    /// <summary>No session comes up any more.</summary>
    public void Dispose() => _timer.Dispose();

    private void Advance()
    {
        lock (_gate)
        {
            // The timer does not wait for a tick that takes longer than its period.
            if (_advancing) return;
            _advancing = true;
            var now = NowInTicks();
            // After a pause of the process each slot is emptied once.
            _tick = Math.Max(_tick, now - Slots);
            while (_tick < now) TakeSlot(++_tick);
        }
        foreach (var session in _due) session.ComeUp();
        lock (_gate)
        {
            _due.Clear();
            _advancing = false;
            if (_entries == 0) StopTicking();
        }
    }

    private void TakeSlot(long tick)
    {
        while (_slots[tick % Slots] is { } session)
        {
            Unlink(session);
            _due.Add(session);
        }
    }

    private void StartTicking()
    {
        if (_ticking) return;
        _ticking = true;
        _tick = NowInTicks();
        _timer.Change(Tick, Tick);
    }

    private void StopTicking()
    {
        if (!_ticking) return;
        _ticking = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Link(EngineIoSession session, long tick)
    {
        ref var first = ref _slots[tick % Slots];
        session.DueTick = tick;
        session.PreviousDue = null;
        session.NextDue = first;
        first?.PreviousDue = session;
        first = session;
        _entries++;
    }

    private void Unlink(EngineIoSession session)
    {
        if (session.PreviousDue is { } previous) previous.NextDue = session.NextDue;
        else _slots[session.DueTick % Slots] = session.NextDue;
        session.NextDue?.PreviousDue = session.PreviousDue;
        session.NextDue = session.PreviousDue = null;
        session.DueTick = 0;
        _entries--;
    }

    private long NowInTicks() => Now.Ticks / Tick.Ticks;
}
