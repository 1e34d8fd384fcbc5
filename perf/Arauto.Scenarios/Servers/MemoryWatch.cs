namespace Arauto.Scenarios.Servers;

/// <summary>Samples a server's resident memory ten times a second until it is stopped.</summary>
internal sealed class MemoryWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Task<long> _watching;
    private volatile bool _stopping;

    public MemoryWatch(ServerProcess server) => _watching = WatchAsync(server);

    /// <summary>Ends the watch.</summary>
    /// <returns>The most bytes seen.</returns>
    public Task<long> StopAsync()
    {
        _stopping = true;
        return _watching;
    }

    private async Task<long> WatchAsync(ServerProcess server)
    {
        var peak = server.ResidentBytes();
        while (!_stopping)
        {
            await Task.Delay(Interval);
            peak = Math.Max(peak, server.ResidentBytes());
        }
        return peak;
    }
}
