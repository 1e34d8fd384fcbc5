namespace Arauto.Redis;

/// <summary>Spares a dependency that fails, and callers the wait: when half of the calls of ten seconds failed it lets none through for a while, then one to try. Safe for concurrent use.</summary>
/// <param name="openFor">How long none goes through.</param>
/// <param name="time">The clock.</param>
internal sealed class CircuitBreaker(TimeSpan openFor, TimeProvider time)
{
    /// <summary>Fewer calls in a window say nothing.</summary>
    private const int LeastCalls = 8;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _windowStart = time.GetTimestamp();
    private long _openedAt;
    private int _period;
    private int _calls;
    private int _failures;
    private volatile CircuitState _state;

    /// <summary>The state now.</summary>
    public CircuitState State => _state;

    /// <summary>Asks for one call.</summary>
    /// <param name="period">What to say again when telling how it went: a call from before the state changed says nothing about now.</param>
    public bool TryEnter(out int period)
    {
        lock (_gate)
        {
            var mayEnter = _state == CircuitState.Closed;
            if (!mayEnter && time.GetElapsedTime(_openedAt) >= openFor)
            {
                // One at a time is let through; if it never tells, another may try after as long again.
                _openedAt = time.GetTimestamp();
                Become(CircuitState.HalfOpen);
                mayEnter = true;
            }
            period = _period;
            return mayEnter;
        }
    }

    /// <summary>A call went well.</summary>
    public void Succeed(int period) => Tell(period, failed: false);

    /// <summary>A call failed by the dependency's fault.</summary>
    public void Fail(int period) => Tell(period, failed: true);

    /// <summary>The dependency is known to be well: calls go through again.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_state != CircuitState.Closed) Become(CircuitState.Closed);
        }
    }

    private void Tell(int period, bool failed)
    {
        lock (_gate)
        {
            if (period != _period) return;
            if (_state == CircuitState.HalfOpen && !failed) Become(CircuitState.Closed);
            else if (_state == CircuitState.HalfOpen || MustOpen(failed)) Open();
        }
    }

    private bool MustOpen(bool failed)
    {
        if (time.GetElapsedTime(_windowStart) > Window) BeginWindow();
        _calls++;
        if (failed) _failures++;
        return _calls >= LeastCalls && _failures * 2 >= _calls;
    }

    private void Open()
    {
        _openedAt = time.GetTimestamp();
        Become(CircuitState.Open);
    }

    private void Become(CircuitState state)
    {
        _state = state;
        _period++;
        BeginWindow();
    }

    private void BeginWindow()
    {
        _windowStart = time.GetTimestamp();
        _calls = 0;
        _failures = 0;
    }
}
