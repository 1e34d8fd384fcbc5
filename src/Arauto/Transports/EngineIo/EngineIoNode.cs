namespace Arauto.Transports.EngineIo;

/// <summary>What the Engine.IO addresses of a node share: the wheel, and the end.</summary>
internal sealed class EngineIoNode(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<EngineIoMount> _mounts = [];
    private volatile bool _stopping;

    /// <summary>The deadlines of all sessions.</summary>
    public EngineIoDeadlines Deadlines { get; } = new(time);

    /// <summary>Whether sessions are closed and none may begin.</summary>
    public bool IsStopping => _stopping;

    /// <summary>How many sessions the node has.</summary>
    public int SessionCount
    {
        get
        {
            lock (_gate) return _mounts.Sum(mount => mount.Count);
        }
    }

    /// <summary>Adds an address.</summary>
    public void Add(EngineIoMount mount)
    {
        lock (_gate) _mounts.Add(mount);
    }

    /// <summary>Closes all sessions; one that begins in this moment closes itself.</summary>
    public void Stop()
    {
        _stopping = true;
        EngineIoMount[] mounts;
        lock (_gate) mounts = [.. _mounts];
        foreach (var mount in mounts) mount.Stop();
    }

    /// <inheritdoc />
    public void Dispose() => Deadlines.Dispose();
}
