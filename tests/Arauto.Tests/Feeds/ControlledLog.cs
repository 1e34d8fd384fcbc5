using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Tests.Feeds;

/// <summary>A log whose calls a test can hold up or let fail, as a slow or absent database would.</summary>
internal sealed class ControlledLog(IChannelLog inner) : IChannelLog
{
    private volatile TaskCompletionSource? _hold;
    private int _held;
    private int _reads;

    /// <summary>Whether every call fails.</summary>
    public volatile bool IsAway;

    /// <summary>Whether every call fails with something that no log may throw.</summary>
    public volatile bool IsBroken;

    /// <summary>How many reads wait for <see cref="Release"/>.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>How many reads were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Has reads wait after they have seen the log and before they tell, until <see cref="Release"/>.</summary>
    public void HoldReads() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => Interlocked.Exchange(ref _hold, null)?.SetResult();

    public ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        return inner.AppendAsync(request, cancellationToken);
    }

    public ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ReadAfterAsync(channel, after, limit, cancellationToken), cancellationToken);

    public ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ReadBeforeAsync(channel, before, limit, cancellationToken), cancellationToken);

    public ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ReadTopsAsync(channels, cancellationToken), cancellationToken);

    public ValueTask ResetAsync(string channel, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        return inner.ResetAsync(channel, cancellationToken);
    }

    private async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        ThrowIfAway();
        var result = await read();
        if (_hold is { } hold)
        {
            Interlocked.Increment(ref _held);
            try
            {
                // A node that stops cancels its reads: a test that fails before it releases them must not keep it from ending.
                await hold.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _held);
            }
        }
        ThrowIfAway();
        return result;
    }

    private void ThrowIfAway()
    {
        if (IsAway) throw new StoreUnavailableException("The log is away.");
        if (IsBroken) throw new InvalidOperationException("The log is broken.");
    }
}
