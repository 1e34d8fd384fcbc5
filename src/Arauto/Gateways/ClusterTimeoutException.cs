namespace Arauto.Gateways;

/// <summary>Not every server told its sockets in time.</summary>
public sealed class ClusterTimeoutException : TimeoutException
{
    internal ClusterTimeoutException(TimeSpan timeout, IReadOnlyList<RemoteSocket> sockets, int missing)
        : base($"{missing} server{(missing == 1 ? "" : "s")} of the cluster did not answer within {timeout.TotalSeconds:0.###} s.")
    {
        Timeout = timeout;
        Sockets = sockets;
        Missing = missing;
    }

    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The sockets of those that answered, this node's among them.</summary>
    public IReadOnlyList<RemoteSocket> Sockets { get; }

    /// <summary>How many servers did not answer.</summary>
    public int Missing { get; }
}
