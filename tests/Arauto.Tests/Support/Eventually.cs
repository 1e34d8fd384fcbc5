using System.Diagnostics;

namespace Arauto.Tests.Support;

/// <summary>Waits for what happens on other threads.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static Task TrueAsync(string what, Func<bool> condition) => TrueAsync(what, () => ValueTask.FromResult(condition()));

    public static async Task TrueAsync(string what, Func<ValueTask<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Deadline) Assert.Fail($"Within {Deadline.TotalSeconds} s it did not come true that {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
