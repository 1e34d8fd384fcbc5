namespace Arauto.SocketIo.Cluster;

/// <summary>A warning that may come up at any rate: it is said at once, and then at most once per interval, with how often it came up. Safe for concurrent use.</summary>
/// <param name="time">The clock.</param>
/// <param name="say">Says it: the latest reason, and how often it came up since it was last said.</param>
internal sealed class RepeatedWarning(TimeProvider time, Action<string, long> say) : IDisposable
{
    /// <summary>How long the next one is held back.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private string _reason = "";
    private long _held;
    private bool _isHolding;
    private bool _isEnded;

    /// <summary>It came up.</summary>
    public void Add(string reason)
    {
        lock (_gate)
        {
            if (_isEnded) return;
            if (_isHolding)
            {
                _reason = reason;
                _held++;
                return;
            }
            _isHolding = true;
            _timer ??= time.CreateTimer(static warning => ((RepeatedWarning)warning!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
        say(reason, 1);
    }

    /// <summary>Says what was held back.</summary>
    public void Dispose()
    {
        lock (_gate) _isEnded = true;
        _timer?.Dispose();
        Tick();
    }

    private void Tick()
    {
        string reason;
        long held;
        lock (_gate)
        {
            (reason, held, _held) = (_reason, _held, 0);
            _isHolding = held > 0;
            if (_isHolding && !_isEnded) _timer!.Change(Interval, Timeout.InfiniteTimeSpan);
        }
        if (held > 0) say(reason, held);
    }
}
