using Arauto.Auth;
using Arauto.Backplanes;
using Arauto.Connections;
using Arauto.Ingestion;
using Arauto.Metrics;
using Arauto.Nodes;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Relays;
using Arauto.Stores;
using Arauto.Stores.Redis;
using Arauto.Transports.EngineIo;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Arauto.Hosting;

/// <summary>A node's life: revocations are known before the first connection; on SIGTERM the clients are asked to move, before the server stops.</summary>
internal sealed partial class NodeHost(
    RevocationList revocations,
    ISigningKeys keys,
    PrometheusText metrics,
    IBackplane backplane,
    IStore store,
    IEnumerable<ClusterMember> membership,
    IEnumerable<NodeShare> shares,
    IEnumerable<ExternalPublications> externals,
    NodeServices node,
    EngineIoNode engine,
    EngineIoRelay relay,
    ILogger<NodeHost> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Counts made before the text listens would not show.
        _ = metrics;
        if (keys is JwksKeys remote) await remote.PrepareAsync(cancellationToken).ConfigureAwait(false);
        foreach (var member in membership) member.Start();
        foreach (var share in shares) share.Start();
        foreach (var external in externals) external.Start();
        await backplane.StartAsync(node.Feeds, cancellationToken).ConfigureAwait(false);
        if (store is RedisStore own) await OpenAsync(own, cancellationToken).ConfigureAwait(false);
        await revocations.LoadAsync(cancellationToken).ConfigureAwait(false);
        revocations.Revoked += CloseRevoked;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The drain: not ready, <c>move</c> frames in batches, a deadline, then close.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        node.Lifetime.BeginDrain();
        var options = node.Options.Drain;
        var started = node.Time.GetTimestamp();
        Log.DrainBegins(logger, node.Hub.ConnectionCount);
        try
        {
            await SendMovesAsync(TimeSpan.FromSeconds(options.SpreadSeconds), cancellationToken).ConfigureAwait(false);
            await WaitUntilEmptyAsync(TimeSpan.FromSeconds(options.DeadlineSeconds) - node.Time.GetElapsedTime(started), cancellationToken).ConfigureAwait(false);
            Log.DrainDeadline(logger, node.Hub.ConnectionCount);
            foreach (var connection in node.Hub.Connections) connection.CloseFromOutside(CloseCode.GoingAway, null);
            engine.Stop();
            relay.Entrance.Stop();
            await WaitUntilEmptyAsync(Transports.WebSockets.WebSocketTransport.CloseTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.DrainCut(logger, node.Hub.ConnectionCount);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A store of the application's own was opened by it. Without its only store a node has nothing to serve; a Redis that only joins it with others may be away.</summary>
    private static async ValueTask OpenAsync(RedisStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            throw new StoreUnavailableException($"{e.Message.TrimEnd('.')}. Messages are to be kept there: start it, correct the address (redis), or choose another store.", e);
        }
    }

    /// <summary>Batches in random order; each client gets a random time to come back, so that not all knock at once.</summary>
    private async Task SendMovesAsync(TimeSpan spread, CancellationToken cancellationToken)
    {
        var connections = node.Hub.Connections.ToArray();
        Random.Shared.Shuffle(connections);
        var batches = Math.Max(1, (int)(spread / BatchInterval));
        var size = Math.Max(1, (connections.Length + batches - 1) / batches);
        foreach (var batch in connections.Chunk(size))
        {
            foreach (var connection in batch)
                connection.Move(new MoveFrame { After = Math.Round(Random.Shared.NextDouble() * node.Options.Drain.ReturnWithinSeconds, 2), Reason = "draining" });
            if (connections.Length > size) await Task.Delay(BatchInterval, node.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitUntilEmptyAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        var started = node.Time.GetTimestamp();
        while (node.Hub.ConnectionCount > 0 && node.Time.GetElapsedTime(started) < most)
            await Task.Delay(BatchInterval, node.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A revocation takes effect on live connections: found by user, or by a look at all for a single token.</summary>
    private void CloseRevoked(Revocation revocation)
    {
        IEnumerable<Connection> candidates = revocation.User is { } user ? node.Hub.ConnectionsOf(user) : node.Hub.Connections;
        foreach (var connection in candidates)
        {
            if (connection.Identity is { } identity && revocations.IsRevoked(identity))
                connection.CloseFromOutside(CloseCode.TokenRevoked, new ProtocolError(ErrorCode.TokenRevoked, "The token was revoked; sign in again."));
        }
    }
}
