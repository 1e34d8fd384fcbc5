namespace Arauto.Tests.Support;

/// <summary>A clock that stands still until it is advanced; then timers fire on the thread that advances it, in order of their time.</summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;

    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Called behind every look at the clock, on the thread that looked: a test can have time pass between two looks.</summary>
    public Action? Looked { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        DateTimeOffset now;
        lock (_lock) now = _now;
        Looked?.Invoke();
        return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Whether a timer is set that fires after exactly this time.</summary>
    public bool IsDueIn(TimeSpan time)
    {
        lock (_lock) return _timers.Any(timer => timer.Due == _now + time);
    }

    /// <summary>Moves the clock; each timer that is due on the way sees the time it was set for.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset end;
        lock (_lock) end = _now + by;
        while (TakeDue(end) is { } timer) timer.Fire();
        lock (_lock)
        {
            // Others may have moved it further meanwhile.
            if (end > _now) _now = end;
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null) return null;
            if (next.Due > _now) _now = next.Due;
            if (next.Period > TimeSpan.Zero) next.Due += next.Period;
            else _timers.Remove(next);
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (_disposed) return false;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time._now + dueTime;
                Period = period;
                time._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                _disposed = true;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
