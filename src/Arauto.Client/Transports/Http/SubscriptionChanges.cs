using System.Threading.Channels;

namespace Arauto.Client.Transports.Http;

/// <summary>
/// Says that subscriptions may have changed, a short moment after the first change, so that ten subscriptions made
/// together are one request.
/// </summary>
internal sealed class SubscriptionChanges(TimeProvider time)
{
    /// <summary>The moment.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly Channel<bool> _noticed = System.Threading.Channels.Channel.CreateBounded<bool>(1);

    /// <summary>Something has changed.</summary>
    public void Notice() => _noticed.Writer.TryWrite(true);

    /// <summary>Waits for the next change and the moment after it. Changes after its return are for the next call.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _noticed.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        await Task.Delay(Moment, time, cancellationToken).ConfigureAwait(false);
        _noticed.Reader.TryRead(out _);
    }
}
