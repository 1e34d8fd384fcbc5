using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>A Redis with one master.</summary>
internal sealed class MasterRedis(IServerLocator locator, RedisClientOptions options, TimeProvider time, ILogger logger) : IRedis
{
    private readonly ServerPair _server = new(locator, new RedisConnector(options, time), options, time, logger);

    /// <inheritdoc/>
    public bool IsCluster => false;

    /// <inheritdoc/>
    public bool IsConnected => _server.Trouble is null;

    /// <inheritdoc/>
    public string? Trouble => _server.Trouble;

    /// <inheritdoc/>
    public void Start()
    {
        locator.Start(_server.MoveTo);
        _server.Start();
    }

    /// <inheritdoc/>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken) => _server.Commands.ExecuteAsync(command, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken) =>
        [await ExecuteAsync(command, cancellationToken).ConfigureAwait(false)];

    /// <inheritdoc/>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler) => _server.Pushes.Subscribe(topic, handler);

    /// <inheritdoc/>
    public void Unsubscribe(RedisTopic topic) => _server.Pushes.Unsubscribe(topic);

    /// <inheritdoc/>
    public bool IsSubscribed(RedisTopic topic) => _server.Pushes.IsSubscribed(topic);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await locator.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
