using System.Diagnostics;

namespace Arauto.Tests.Support;

/// <summary>Waits for what happens on other threads.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a task that a fault could keep from ending: the test then fails instead of hanging the run.</summary>
    public static async Task EndsAsync(string what, Task task)
    {
        try
        {
            await task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Within {Deadline.TotalSeconds} s it did not end: {what}.");
        }
    }

    public static Task TrueAsync(string what, Func<bool> condition) => TrueAsync(what, () => ValueTask.FromResult(condition()));

    public static Task TrueAsync(string what, Func<ValueTask<bool>> condition) => TrueAsync(() => what, condition);

    public static async Task TrueAsync(Func<string> what, Func<ValueTask<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Deadline) Assert.Fail($"Within {Deadline.TotalSeconds} s it did not come true that {what()}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
