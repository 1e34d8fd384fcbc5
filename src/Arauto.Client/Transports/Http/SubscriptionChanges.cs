namespace Arauto.Client.Transports.Http;

/// <summary>
/// Says when the set of subscriptions has changed, a short moment after the first change, so that ten subscriptions made
/// together are one request.
/// </summary>
internal sealed class SubscriptionChanges(TimeProvider time) : IDisposable
{
    /// <summary>The moment.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, time);
    private bool _isArmed;

    /// <summary>Fires after the next change; begins before the subscriptions are looked at, so that no change is missed.</summary>
    public CancellationToken Next()
    {
        lock (_gate)
        {
            if (!_isArmed) return _source.Token;
            _source.Dispose();
            _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            _isArmed = false;
            return _source.Token;
        }
    }

    /// <summary>Something has changed.</summary>
    public void Notice()
    {
        lock (_gate)
        {
            if (_isArmed) return;
            _isArmed = true;
            _source.CancelAfter(Moment);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _source.Dispose();
    }
}
