namespace Arauto.Nodes;

/// <summary>Work in the background that is done by one at a time: wanted while it is done, it is done once more; what could not be done is tried again after a pause. Safe for concurrent use.</summary>
/// <param name="work">Does it; says whether it is done.</param>
/// <param name="failed">Is told of what the work did not expect.</param>
/// <param name="pause">How long until the next attempt.</param>
/// <param name="time">The clock.</param>
internal sealed class Errand(Func<CancellationToken, Task<bool>> work, Action<Exception> failed, TimeSpan pause, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private bool _isWanted;
    private bool _isRunning;
    private bool _isStopped;
    private Task _running = Task.CompletedTask;

    /// <summary>Has it done soon.</summary>
    public void Want()
    {
        lock (_gate)
        {
            _isWanted = true;
            if (_isRunning || _isStopped) return;
            _isRunning = true;
            _running = Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isStopped = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (TryTake())
        {
            if (await TryWorkAsync().ConfigureAwait(false)) continue;
            lock (_gate) _isWanted = true;
            await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool TryTake()
    {
        lock (_gate)
        {
            _isRunning = _isWanted && !_isStopped;
            _isWanted = false;
            return _isRunning;
        }
    }

    private async Task<bool> TryWorkAsync()
    {
        try
        {
            return await work(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            // Whatever it was, later news must not be lost by it.
            failed(e);
            return false;
        }
    }
}
