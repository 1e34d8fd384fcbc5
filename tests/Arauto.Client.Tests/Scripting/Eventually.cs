namespace Arauto.Client.Tests.Scripting;

/// <summary>Waits for a condition with a deadline.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static async Task True(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Not within {Deadline.TotalSeconds} s: {what}");
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
}
