using System.Text;
using Arauto.Redis.Links;

namespace Arauto.Redis.Clusters;

/// <summary>Where the topics of a Cluster are subscribed: the sharded ones at the master of their slot, the others at any one master, since every master hears them. Safe for concurrent use.</summary>
internal sealed class ClusterTopics
{
    private readonly Dictionary<RedisTopic, Place> _topics = [];
    private readonly Dictionary<int, List<Place>> _bySlot = [];
    private readonly Lock _gate = new();
    private SlotMap _slots = SlotMap.Empty;
    private ClusterNode? _home;

    /// <summary>See <see cref="IRedis.Subscribe"/>.</summary>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var place)) place = Add(topic);
            place.Handler = handler;
            if (place.Link is null) Put(place);
            else place.Link.Subscribe(topic, handler);
        }
    }

    /// <summary>See <see cref="IRedis.Unsubscribe"/>.</summary>
    public void Unsubscribe(RedisTopic topic)
    {
        lock (_gate)
        {
            if (!_topics.Remove(topic, out var place)) return;
            place.Link?.Unsubscribe(topic);
            if (place.Slot is not { } slot || !_bySlot.TryGetValue(slot, out var others)) return;
            others.Remove(place);
            if (others.Count == 0) _bySlot.Remove(slot);
        }
    }

    /// <summary>See <see cref="IRedis.IsSubscribed"/>.</summary>
    public bool IsSubscribed(RedisTopic topic)
    {
        lock (_gate) return _topics.TryGetValue(topic, out var place) && place.Link?.IsSubscribed(topic) == true;
    }

    /// <summary>Moves every topic that belongs elsewhere now.</summary>
    /// <param name="slots">Who has which slot.</param>
    /// <param name="slot">The only slot whose owner may be another; <see langword="null"/> if any may.</param>
    public void MoveTo(SlotMap slots, int? slot)
    {
        lock (_gate)
        {
            _slots = slots;
            IEnumerable<Place> moving = !KeepsHome() || slot is null ? _topics.Values : _bySlot.GetValueOrDefault(slot.Value) ?? [];
            foreach (var place in moving) Put(place);
        }
    }

    /// <summary>A home that works is kept: each move is a moment in which messages are missed.</summary>
    private bool KeepsHome()
    {
        if (_home is { Pushes.Trouble: null } && _slots.Masters.Contains(_home)) return true;
        var before = _home;
        _home = _slots.Masters.FirstOrDefault(master => master.Pushes.Trouble is null) ?? (_slots.Masters is [var first, ..] ? first : null);
        return _home == before;
    }

    private Place Add(RedisTopic topic)
    {
        var place = new Place(topic, topic.Kind == RedisTopicKind.Sharded ? HashSlot.Of(Encoding.UTF8.GetBytes(topic.Name)) : null);
        _topics.Add(topic, place);
        if (place.Slot is not { } slot) return place;
        if (!_bySlot.TryGetValue(slot, out var others)) _bySlot.Add(slot, others = []);
        others.Add(place);
        return place;
    }

    private void Put(Place place)
    {
        var node = place.Slot is { } slot ? _slots[slot] : _home;
        if (node is null || node.Pushes == place.Link) return;
        place.Link?.Unsubscribe(place.Topic);
        place.Link = node.Pushes;
        place.Link.Subscribe(place.Topic, place.Handler);
    }

    private sealed class Place(RedisTopic topic, int? slot)
    {
        public RedisTopic Topic { get; } = topic;

        public int? Slot { get; } = slot;

        public IRedisTopicHandler Handler { get; set; } = null!;

        public PushLink? Link { get; set; }
    }
}
