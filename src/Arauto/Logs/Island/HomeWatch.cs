using System.Collections.Concurrent;

namespace Arauto.Logs.Island;

/// <summary>Watches the parts of a shared log, each of which may be away alone: those whose calls fail are asked until they answer.</summary>
/// <remarks>
/// A part is away from the first call that failed, if since then it has not answered even the plainest question. One that answers
/// and refuses, because it is full or about to be replaced, is there.
/// </remarks>
/// <param name="partOf">The part that has a channel.</param>
/// <param name="answers">Whether a part answers; does not throw unless it is cancelled.</param>
/// <param name="patience">For how long a part must be away before it counts: short interruptions are better refused than delivered to some.</param>
/// <param name="time">The clock.</param>
internal sealed class HomeWatch(Func<string, string> partOf, Func<string, CancellationToken, Task<bool>> answers, TimeSpan patience, TimeProvider time) : IHomeWatch, IAsyncDisposable
{
    /// <summary>How often a part that is away is asked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Silence> _silent = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _asking = Task.CompletedTask;
    private bool _isAsking;

    /// <inheritdoc/>
    public bool IsWhole => _silent.IsEmpty;

    /// <inheritdoc/>
    public DateTimeOffset? AwaySince(string channel) =>
        !_silent.IsEmpty && _silent.TryGetValue(partOf(channel), out var silence) && time.GetElapsedTime(silence.Began) >= patience ? silence.Since : null;

    /// <inheritdoc/>
    public void Failed(string channel, long askedAt)
    {
        if (!_silent.TryAdd(partOf(channel), new Silence(askedAt, time.GetUtcNow() - time.GetElapsedTime(askedAt)))) return;
        lock (_gate)
        {
            if (_isAsking || _stopping.IsCancellationRequested) return;
            _isAsking = true;
            _asking = Task.Run(AskAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task asking;
        lock (_gate) asking = _asking;
        await asking.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AskAsync()
    {
        try
        {
            while (true)
            {
                await Task.WhenAll(_silent.Keys.Select(AskAsync)).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_silent.IsEmpty)
                    {
                        _isAsking = false;
                        return;
                    }
                }
                await Task.Delay(Interval, time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task AskAsync(string part)
    {
        if (await answers(part, _stopping.Token).ConfigureAwait(false)) _silent.TryRemove(part, out _);
    }

    /// <summary>The time in which a part has not answered: its begin as a timestamp and by the clock.</summary>
    private readonly record struct Silence(long Began, DateTimeOffset Since);
}
