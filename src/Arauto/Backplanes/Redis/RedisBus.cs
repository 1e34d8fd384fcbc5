using System.Text;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

/// <summary>Messages between nodes by publish and subscribe: each node hears a channel of its own and one for all.</summary>
/// <remarks>On the wire: the kind (1 byte), the sender's name (6), the body.</remarks>
internal sealed partial class RedisBus : INodeBus
{
    private const int HeadLength = 1 + INodeBus.NameLength;

    private readonly Action<NodeMessage>?[] _handlers = new Action<NodeMessage>?[256];
    private readonly IRedis _redis;
    private readonly RedisNames _names;
    private readonly ILogger<RedisBus> _logger;

    public RedisBus(IRedis redis, RedisNames names, string self, ILogger<RedisBus> logger)
    {
        _redis = redis;
        _names = names;
        _logger = logger;
        Self = self;
    }

    /// <inheritdoc/>
    public event Action? Missed;

    /// <inheritdoc/>
    public string Self { get; }

    /// <summary>Begins to hear.</summary>
    public void Start()
    {
        // What is sent to one node is answered, or its loss is found out by the sender.
        _redis.Subscribe(RedisNames.Topic(_redis, _names.Inbox(Self)), new Topic(this, confirmed: null));
        // The first time too: what was said before may have come behind what this node has read.
        _redis.Subscribe(RedisTopic.Exact(_names.AllNodes), new Topic(this, () => Missed?.Invoke()));
    }

    /// <inheritdoc/>
    public void Handle(NodeMessageKind kind, Action<NodeMessage> handler) => _handlers[(byte)kind] = handler;

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(string node, NodeMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            var heard = await _redis.ExecuteAsync(RedisNames.Publish(_redis, _names.Inbox(node), Compose(kind, body)), cancellationToken).ConfigureAwait(false);
            return heard.AsInteger() > 0;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotSent(_logger, kind, node, e.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> BroadcastAsync(NodeMessageKind kind, ReadOnlyMemory<byte> body)
    {
        try
        {
            await _redis.ExecuteAsync(new RedisCommand("PUBLISH", _names.AllNodes, Compose(kind, body)), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotSent(_logger, kind, "all nodes", e.Message);
            return false;
        }
    }

    private void Hear(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length < HeadLength) return;
        var sender = Encoding.ASCII.GetString(payload.Span.Slice(1, INodeBus.NameLength));
        if (sender == Self) return;
        var kind = payload.Span[0];
        _handlers[kind]?.Invoke(new NodeMessage((NodeMessageKind)kind, sender, payload[HeadLength..]));
    }

    private byte[] Compose(NodeMessageKind kind, ReadOnlyMemory<byte> body)
    {
        var payload = new byte[HeadLength + body.Length];
        payload[0] = (byte)kind;
        Encoding.ASCII.GetBytes(Self, payload.AsSpan(1));
        body.CopyTo(payload.AsMemory(HeadLength));
        return payload;
    }

    private sealed class Topic(RedisBus bus, Action? confirmed) : IRedisTopicHandler
    {
        public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => bus.Hear(payload);

        public void OnSubscribed() => confirmed?.Invoke();
    }
}
