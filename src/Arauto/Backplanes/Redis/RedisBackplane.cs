using Arauto.Metrics;
using Arauto.Protocol.Frames;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

/// <summary>Hints by publish and subscribe. This node hears exactly the channels that somebody here listens to.</summary>
/// <remarks>
/// A node hears its own hints too: they are duplicates, which feeds drop by their offset. What is not kept carries its
/// sender's name instead.
/// </remarks>
internal sealed partial class RedisBackplane(
    IRedis redis,
    RedisNames names,
    RedisHealth health,
    NodeDirectory nodes,
    RedisBus bus,
    ArautoMetrics metrics,
    ILogger<RedisBackplane> logger) : IBackplane
{
    private IHintReceiver? _receiver;

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public string? Trouble => health.Trouble;

    /// <inheritdoc/>
    public async ValueTask StartAsync(IHintReceiver receiver, CancellationToken cancellationToken)
    {
        _receiver = receiver;
        redis.Start();
        bus.Start();
        nodes.Start();
        await health.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Fanout Send(MessageFrame message)
    {
        if (!health.IsUp) return Fanout.Local;
        // Also when no other node is known: one that has just come may listen already.
        Post(names.Hints(message.Channel), HintCodec.Encode(message));
        return Fanout.Full;
    }

    /// <inheritdoc/>
    public Fanout Hinted() => health.IsUp ? Fanout.Full : Fanout.Local;

    /// <inheritdoc/>
    public void SendEphemeral(string channel, ServerFrame frame)
    {
        if (health.IsUp) Post(names.Hints(channel), EphemeralCodec.Encode(nodes.Self, frame));
    }

    /// <inheritdoc/>
    public void Listen(string channel) => redis.Subscribe(RedisNames.Topic(redis, names.Hints(channel)), new HintTopic(this, channel));

    /// <inheritdoc/>
    public void Forget(string channel) => redis.Unsubscribe(RedisNames.Topic(redis, names.Hints(channel)));

    /// <summary>Takes what was published on a channel's hints.</summary>
    public void Receive(string channel, ReadOnlyMemory<byte> payload)
    {
        metrics.RedisEventConsumed();
        if (_receiver is null) return;
        if (HintCodec.TryReadPosition(payload.Span, out var position))
        {
            if (!_receiver.IsNews(channel, position)) return;
            if (HintCodec.TryDecode(channel, payload, out var message)) _receiver.Hint(message);
            else _receiver.Missed(channel);
        }
        else if (EphemeralCodec.TryDecode(channel, nodes.Self, payload, out var frame)) _receiver.HearEphemeral(channel, frame);
        else if (payload.IsEmpty || payload.Span[0] is not (HintCodec.Mark or EphemeralCodec.Mark)) Log.NotUnderstood(logger, channel, payload.Length);
    }

    /// <summary>Hints of a channel may have been missed.</summary>
    public void Missed(string channel) => _receiver?.Missed(channel);

    private void Post(string channel, byte[] payload)
    {
        var published = redis.ExecuteAsync(RedisNames.Publish(redis, channel, payload), CancellationToken.None);
        if (!published.IsCompletedSuccessfully) _ = ObserveAsync(published, channel);
    }

    /// <summary>A hint that is lost is made up for by the feeds' comparison with the log; so nobody waits for this.</summary>
    private async Task ObserveAsync(ValueTask<RedisReply> published, string channel)
    {
        try
        {
            await published.ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotPublished(logger, channel, e.Message);
        }
    }
}
