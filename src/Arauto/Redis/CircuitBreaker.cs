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
    private int _calls;
    private int _failures;
    private volatile CircuitState _state;

    /// <summary>The state now.</summary>
    public CircuitState State => _state;

    /// <summary>Asks for one call. Whoever may call tells afterwards how it went.</summary>
    public bool TryEnter()
    {
        if (_state == CircuitState.Closed) return true;
        lock (_gate)
        {
            if (_state == CircuitState.Closed) return true;
            // One at a time is let through; if it never tells, another may try after as long again.
            if (time.GetElapsedTime(_openedAt) < openFor) return false;
            _openedAt = time.GetTimestamp();
            _state = CircuitState.HalfOpen;
            return true;
        }
    }

    /// <summary>A call went well.</summary>
    public void Succeed()
    {
        if (_state != CircuitState.Closed) Close();
        else Count(failed: false);
    }

    /// <summary>A call failed by the dependency's fault.</summary>
    public void Fail() => Count(failed: true);

    /// <summary>The dependency is known to be well: calls go through again.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _state = CircuitState.Closed;
            Begin();
        }
    }

    private void Count(bool failed)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_windowStart) > Window) Begin();
            _calls++;
            if (failed) _failures++;
            if (_state == CircuitState.Closed ? _calls < LeastCalls || _failures * 2 < _calls : !failed) return;
            if (_state == CircuitState.Open) return;
            _state = CircuitState.Open;
            _openedAt = time.GetTimestamp();
            Begin();
        }
    }

    private void Begin()
    {
        _windowStart = time.GetTimestamp();
        _calls = 0;
        _failures = 0;
    }
}
