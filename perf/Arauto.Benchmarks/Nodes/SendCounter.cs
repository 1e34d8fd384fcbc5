namespace Arauto.Benchmarks.Nodes;

/// <summary>Lets a benchmark wait until a number of frames has reached the transports. For one waiter.</summary>
internal sealed class SendCounter
{
    private readonly SemaphoreSlim _reached = new(0);
    private int _missing;

    /// <summary>Says how many frames are to come.</summary>
    public void Expect(int frames) => Volatile.Write(ref _missing, frames);

    /// <summary>Takes note of frames.</summary>
    public void Count(int frames)
    {
        if (Interlocked.Add(ref _missing, -frames) == 0) _reached.Release();
    }

    /// <summary>Waits for them.</summary>
    /// <exception cref="TimeoutException">They did not come.</exception>
    public void Wait()
    {
        if (!_reached.Wait(TimeSpan.FromSeconds(30))) throw new TimeoutException($"{Volatile.Read(ref _missing)} frames did not reach their transports.");
    }
}
