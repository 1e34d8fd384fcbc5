namespace Arauto.SocketIo.Cluster;

/// <summary>The other nodes of one namespace. Safe for concurrent use.</summary>
internal interface ISocketCluster : IDisposable
{
    /// <summary>Whether there may be servers that are not ours, and so must be told what ours know by the logs and the backplane.</summary>
    bool HasForeigners { get; }

    /// <summary>How long other nodes may take to answer.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Becomes a part of the cluster.</summary>
    void Start();

    /// <summary>Tells servers that are not ours of an event. At most once, as everything between servers of Socket.IO; never waits, never throws.</summary>
    void Broadcast(BroadcastRequest request);

    /// <summary>Tells all other nodes.</summary>
    /// <exception cref="Gateways.ClusterUnavailableException">They cannot be told now.</exception>
    ValueTask TellAsync(ClusterRequest request);

    /// <summary>Asks all other nodes, and waits until they have answered or the time is over.</summary>
    /// <exception cref="Gateways.ClusterUnavailableException">They cannot be asked now.</exception>
    Task<ClusterAnswers> AskAsync(ClusterRequest request, TimeSpan timeout);

    /// <summary>A socket of this node is in a room.</summary>
    void Entered(string room);

    /// <summary>A socket of this node is not in a room any more.</summary>
    void Left(string room);
}
