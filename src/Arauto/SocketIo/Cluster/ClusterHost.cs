using Microsoft.Extensions.Hosting;

namespace Arauto.SocketIo.Cluster;

/// <summary>Has every namespace be a part of its cluster from the start, and not only when the first client asks for it.</summary>
internal sealed class ClusterHost(SocketNamespaces namespaces, SocketClusters clusters) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (clusters.HasOthers) namespaces.OpenAll();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
