using System.Diagnostics;

namespace Arauto.Tests.Support;

/// <summary>How long this process could not run, since it was made: a bound of time is one of the server's, and not of the machine's.</summary>
internal sealed class Pauses : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _enough = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Task _beating;
    private long _ticks;

    public Pauses() => _beating = Task.Run(BeatAsync);

    /// <summary>The time that has passed in which the process could run.</summary>
    public TimeSpan Elapsed => _watch.Elapsed - TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _beating;
        _enough.Dispose();
    }

    private async Task BeatAsync()
    {
        for (var last = _watch.Elapsed; !_enough.IsCancellationRequested; last = _watch.Elapsed)
        {
            await Task.Delay(Beat, CancellationToken.None);
            // What a timer may be late anyway is no pause.
            var late = _watch.Elapsed - last - (2 * Beat);
            if (late > TimeSpan.Zero) Interlocked.Add(ref _ticks, late.Ticks);
        }
    }
}
