using System.Diagnostics;

namespace Arauto.Scenarios;

/// <summary>Waits for what happens elsewhere.</summary>
internal static class Wait
{
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public static async Task UntilAsync(Func<bool> condition, TimeSpan deadline, string what)
    {
        if (!await TryUntilAsync(condition, deadline)) throw new TimeoutException($"Waited {deadline.TotalSeconds} s in vain for {what}.");
    }

    /// <returns>Whether it happened in time.</returns>
    public static async Task<bool> TryUntilAsync(Func<bool> condition, TimeSpan deadline)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > deadline) return false;
            await Task.Delay(10);
        }
        return true;
    }
}
