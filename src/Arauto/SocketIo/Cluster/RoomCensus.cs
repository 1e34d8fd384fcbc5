using System.Runtime.InteropServices;
using Arauto.Redis;

namespace Arauto.SocketIo.Cluster;

/// <summary>How many sockets of this node are in each room that has a channel of its own; listens to those channels that somebody is in. Safe for concurrent use.</summary>
/// <remarks>Under its lock it subscribes, which is memory work, so that the order of comings and goings holds.</remarks>
internal sealed class RoomCensus(IClusterProtocol protocol, IRedis redis, IRedisTopicHandler handler) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RedisTopic, int> _sockets = [];

    /// <summary>A socket is in a room.</summary>
    public void Enter(string room)
    {
        if (protocol.TopicOf(room) is not { } topic) return;
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_sockets, topic, out _);
            if (++count == 1) redis.Subscribe(topic, handler);
        }
    }

    /// <summary>A socket is not in a room any more.</summary>
    public void Leave(string room)
    {
        if (protocol.TopicOf(room) is not { } topic) return;
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_sockets, topic);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) || --count > 0) return;
            _sockets.Remove(topic);
            redis.Unsubscribe(topic);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var topic in _sockets.Keys) redis.Unsubscribe(topic);
            _sockets.Clear();
        }
    }
}
