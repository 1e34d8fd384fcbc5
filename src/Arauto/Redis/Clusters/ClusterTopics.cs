using System.Text;
using Arauto.Redis.Links;

namespace Arauto.Redis.Clusters;

/// <summary>Where the topics of a Cluster are subscribed: the sharded ones at the master of their slot, the others at any one master, since every master hears them. Safe for concurrent use.</summary>
internal sealed class ClusterTopics
{
    private readonly Dictionary<RedisTopic, Place> _topics = [];
    private readonly Lock _gate = new();
    private SlotMap _slots = SlotMap.Empty;
    private ClusterNode? _home;

    /// <summary>See <see cref="IRedis.Subscribe"/>.</summary>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var place)) _topics.Add(topic, place = new Place());
            place.Handler = handler;
            if (place.Link is null) Put(topic, place);
            else place.Link.Subscribe(topic, handler);
        }
    }

    /// <summary>See <see cref="IRedis.Unsubscribe"/>.</summary>
    public void Unsubscribe(RedisTopic topic)
    {
        lock (_gate)
        {
            if (_topics.Remove(topic, out var place)) place.Link?.Unsubscribe(topic);
        }
    }

    /// <summary>See <see cref="IRedis.IsSubscribed"/>.</summary>
    public bool IsSubscribed(RedisTopic topic)
    {
        lock (_gate) return _topics.TryGetValue(topic, out var place) && place.Link?.IsSubscribed(topic) == true;
    }

    /// <summary>Moves every topic that belongs elsewhere now.</summary>
    public void MoveTo(SlotMap slots)
    {
        lock (_gate)
        {
            _slots = slots;
            // A home that works is kept: each move is a moment in which messages are missed.
            if (_home is not { Pushes.Trouble: null } || !slots.Masters.Contains(_home))
                _home = slots.Masters.FirstOrDefault(master => master.Pushes.Trouble is null) ?? (slots.Masters is [var first, ..] ? first : null);
            foreach (var (topic, place) in _topics) Put(topic, place);
        }
    }

    private void Put(RedisTopic topic, Place place)
    {
        var node = topic.Kind == RedisTopicKind.Sharded ? _slots[HashSlot.Of(Encoding.UTF8.GetBytes(topic.Name))] : _home;
        if (node is null || node.Pushes == place.Link) return;
        place.Link?.Unsubscribe(topic);
        place.Link = node.Pushes;
        place.Link.Subscribe(topic, place.Handler);
    }

    private sealed class Place
    {
        public IRedisTopicHandler Handler = null!;
        public PushLink? Link;
    }
}
