using System.Net;

namespace Arauto.Redis.Links;

/// <summary>Always the same server.</summary>
internal sealed class FixedServer(DnsEndPoint host) : IServerLocator
{
    /// <inheritdoc/>
    public ValueTask<DnsEndPoint> LocateAsync(CancellationToken cancellationToken) => new(host);

    /// <inheritdoc/>
    public void Start(Action<DnsEndPoint> moved)
    {
        // It never moves.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
