namespace Arauto.SocketIo.Cluster;

/// <summary>The cluster of a node without others.</summary>
internal sealed class SingleNodeCluster : ISocketCluster
{
    /// <inheritdoc/>
    public bool HasForeigners => false;

    /// <inheritdoc/>
    public TimeSpan Timeout => TimeSpan.Zero;

    /// <inheritdoc/>
    public void Start()
    {
    }

    /// <inheritdoc/>
    public void Broadcast(BroadcastRequest request)
    {
    }

    /// <inheritdoc/>
    public ValueTask TellAsync(ClusterRequest request) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public Task<ClusterAnswers> AskAsync(ClusterRequest request, TimeSpan timeout) => Task.FromResult(ClusterAnswers.None);

    /// <inheritdoc/>
    public void Entered(string room)
    {
    }

    /// <inheritdoc/>
    public void Left(string room)
    {
    }

    public void Dispose()
    {
    }
}
