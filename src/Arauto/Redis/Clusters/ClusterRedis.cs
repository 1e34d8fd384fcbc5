using Arauto.Redis.Links;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Clusters;

/// <summary>A Redis Cluster: each command goes to the master of its key's slot, and follows when the slot is elsewhere.</summary>
internal sealed class ClusterRedis : IRedis
{
    /// <summary>A slot that moved is found at once; a fail-over may point in a circle for a moment, which must not become a storm.</summary>
    private const int TriesWithoutDelay = 3;

    private static readonly TimeSpan TryAgainDelay = TimeSpan.FromMilliseconds(10);

    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ClusterTopics _topics = new();
    private readonly ClusterTopology _topology;

    public ClusterRedis(RedisClientOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _topology = new ClusterTopology(options, _topics, time, logger);
    }

    /// <inheritdoc/>
    public bool IsCluster => true;

    /// <inheritdoc/>
    public bool IsConnected => Trouble is null;

    /// <inheritdoc/>
    public string? Trouble => _topology.Trouble;

    /// <inheritdoc/>
    public void Start() => _topology.Start();

    /// <inheritdoc/>
    public async ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        var deadline = _time.GetDeadline(_options.CommandTimeout);
        if (!_topology.FirstLook.IsCompleted) await WaitForFirstLookAsync(cancellationToken).ConfigureAwait(false);
        var node = Choose(command);
        var isAsking = false;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await node.Commands.ExecuteAsync(command, deadline, isAsking, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisException e) when (e.Code is "MOVED" or "ASK" or "TRYAGAIN")
            {
                // The server did nothing, so the command is not sent twice: it goes where the server says, or there once more.
                if (_time.GetTimestamp() >= deadline) throw new RedisUnavailableException($"The slot of {command.Name} moves and was not found in time: {e.Message}", e);
                if (e.Code == "TRYAGAIN" || tries > TriesWithoutDelay) await Task.Delay(TryAgainDelay, _time, cancellationToken).ConfigureAwait(false);
                if (e.Code != "TRYAGAIN") (node, isAsking) = Follow(e, node);
            }
            catch (RedisUnavailableException e) when (e.InnerException is RedisException { Code: "CLUSTERDOWN" })
            {
                _topology.LookAgain();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        if (!_topology.FirstLook.IsCompleted) await WaitForFirstLookAsync(cancellationToken).ConfigureAwait(false);
        var masters = _topology.Slots.Masters;
        if (masters.Count == 0) throw new RedisUnavailableException($"There is no connection to Redis. {Trouble}");
        return await Task.WhenAll(masters.Select(master => master.Commands.ExecuteAsync(command, cancellationToken).AsTask())).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler) => _topics.Subscribe(topic, handler);

    /// <inheritdoc/>
    public void Unsubscribe(RedisTopic topic) => _topics.Unsubscribe(topic);

    /// <inheritdoc/>
    public bool IsSubscribed(RedisTopic topic) => _topics.IsSubscribed(topic);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _topology.DisposeAsync();

    /// <summary>The master of the key's slot; without a key any, preferably one that is there.</summary>
    private ClusterNode Choose(RedisCommand command)
    {
        var slots = _topology.Slots;
        var node = command.Key is { } key
            ? slots[HashSlot.Of(key.Span)]
            : slots.Masters.FirstOrDefault(master => master.Commands.Trouble is null) ?? (slots.Masters is [var first, ..] ? first : null);
        return node ?? throw new RedisUnavailableException($"No master of the Cluster is known for {command.Name}. {Trouble}");
    }

    private (ClusterNode Node, bool IsAsking) Follow(RedisException error, ClusterNode asked)
    {
        var redirection = Redirection.Read(error, asked.Host);
        if (!redirection.IsAsk) _topology.Learn(redirection);
        return (_topology.Nodes.Get(redirection.Host), redirection.IsAsk);
    }

    private async ValueTask WaitForFirstLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _topology.FirstLook.WaitAsync(_options.CommandTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RedisUnavailableException($"No node of the Cluster answered within {_options.CommandTimeout.TotalSeconds} s.", e);
        }
    }
}
