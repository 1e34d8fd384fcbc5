using System.Collections.Concurrent;
using Arauto.Redis;

namespace Arauto.Tests.Backplanes.Redis;

/// <summary>A Redis far away: it takes commands, and whoever sent them waits for the replies.</summary>
internal sealed class HeldRedis : IRedis
{
    /// <summary>What was published, in order.</summary>
    public ConcurrentQueue<ReadOnlyMemory<byte>> Published { get; } = [];

    public bool IsCluster => false;

    public bool IsConnected => true;

    public string? Trouble => null;

    public void Start()
    {
    }

    public async ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        Published.Enqueue(command.Args[1].Bytes);
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return default;
    }

    public ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler)
    {
    }

    public void Unsubscribe(RedisTopic topic)
    {
    }

    public bool IsSubscribed(RedisTopic topic) => false;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
