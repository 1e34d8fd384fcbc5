using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Arauto.EngineIo;

namespace Arauto.Transports.EngineIo;

/// <summary>What the Engine.IO addresses of a node share: the wheel, the names of sessions, and the end.</summary>
/// <param name="name">The node's name for others, of characters that may stand in a session's id.</param>
/// <param name="time">The clock.</param>
internal sealed class EngineIoNode(string name, TimeProvider time) : IDisposable
{
    /// <summary>The length of a session's id. What follows the node's name is 84 random bits or more: nobody can guess them.</summary>
    public const int IdLength = 20;

    private const int RandomBytes = 15;

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

    /// <summary>Draws a session's id: the node's name, then random characters of URL-safe Base64.</summary>
    public string DrawId() => name + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes))[..(IdLength - name.Length)];

    /// <summary>The name of the other node that an id names; <see langword="null"/> if it names this one, or is none.</summary>
    public string? NameOther(string id)
    {
        if (id.Length != IdLength || id.StartsWith(name, StringComparison.Ordinal)) return null;
        return id.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? id[..name.Length] : null;
    }

    /// <summary>Finds a session that is not over at this moment.</summary>
    /// <param name="path">The address, as it was mapped; in groups several may have the same.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="mount">The address.</param>
    /// <param name="session">The session.</param>
    public bool TryFind(string path, string id, [NotNullWhen(true)] out EngineIoMount? mount, [NotNullWhen(true)] out EngineIoSession? session)
    {
        EngineIoMount[] mounts;
        lock (_gate) mounts = [.. _mounts];
        foreach (var candidate in mounts)
        {
            mount = candidate;
            if (mount.Path == path && mount.TryFind(id, out session)) return true;
        }
        (mount, session) = (null, null);
        return false;
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
