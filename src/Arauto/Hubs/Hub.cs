using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Metrics;
using Arauto.Protocol;
using Arauto.Protocols;

namespace Arauto.Hubs;

/// <summary>The node's registry of connections and users, and the only fan-out. Safe for concurrent use.</summary>
internal sealed class Hub(LaneSet lanes, ArautoMetrics metrics)
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<Connection>> _users = new(StringComparer.Ordinal);

    /// <summary>Raised when a user may have got a first connection or lost the last one. Handlers look at <see cref="IsConnected"/>, are quick and do not throw.</summary>
    public event Action<string>? UserChanged;

    /// <summary>How many lanes there are.</summary>
    public int LaneCount => lanes.Count;

    /// <summary>How many connections are open, authenticated or not.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>All open connections.</summary>
    public IEnumerable<Connection> Connections => _connections.Values;

    /// <summary>A lane by number.</summary>
    public Lane Lane(int index) => lanes[index];

    /// <summary>
    /// Posts a message once to each lane that has subscribers of the channel, and for a user's own channel to each lane
    /// with a connection of the user. Called in offset order by the channel's feed.
    /// </summary>
    public void Post(string channel, SharedFrame frame, ReadOnlySpan<int> subscribersByLane, string? owner)
    {
        var ownersLanes = owner is null ? 0UL : LanesOf(owner);
        for (var lane = 0; lane < subscribersByLane.Length; lane++)
            if (subscribersByLane[lane] > 0 || (ownersLanes & (1UL << lane)) != 0)
                lanes[lane].Post(new DeliveryWork(lanes[lane], channel, frame, owner, this, metrics));
    }

    /// <summary>Adds an open connection.</summary>
    public void Add(Connection connection) => _connections[connection.Id] = connection;

    /// <summary>Makes a connection findable by its user, once it is authenticated.</summary>
    public void AddUser(string user, Connection connection)
    {
        var connections = _users.AddOrUpdate(user, static (_, added) => [added], static (_, known, added) => known.Add(added), connection);
        if (connections.Length == 1) UserChanged?.Invoke(user);
    }

    /// <summary>Forgets a connection.</summary>
    public void Remove(Connection connection, string? user)
    {
        _connections.TryRemove(connection.Id, out _);
        if (user is null) return;
        while (_users.TryGetValue(user, out var known))
        {
            var rest = known.Remove(connection);
            var done = rest.IsEmpty
                ? _users.TryRemove(KeyValuePair.Create(user, known))
                : _users.TryUpdate(user, rest, known);
            if (!done) continue;
            if (rest.IsEmpty) UserChanged?.Invoke(user);
            return;
        }
    }

    /// <summary>A connection by id.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out Connection? connection) => _connections.TryGetValue(id, out connection);

    /// <summary>The connections of a user, found by look-up.</summary>
    public ImmutableArray<Connection> ConnectionsOf(string user) => _users.TryGetValue(user, out var connections) ? connections : [];

    /// <summary>When the user's oldest connection here was opened, in whole milliseconds as a message's timestamp; <see langword="null"/> if there is none.</summary>
    public DateTimeOffset? ConnectedSince(string user)
    {
        DateTimeOffset? oldest = null;
        foreach (var connection in ConnectionsOf(user))
            if (oldest is null || connection.OpenedAt < oldest) oldest = connection.OpenedAt;
        return oldest is { } moment ? DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds()) : null;
    }

    /// <summary>Whether a user has a connection here.</summary>
    public bool IsConnected(string user) => _users.ContainsKey(user);

    /// <summary>The subscriptions that there are now of channels with a rule, each lane's as of its next turn.</summary>
    public async Task<IEnumerable<Subscription>> SubscriptionsAsync(AccessRule subscribe)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, lanes.Count).Select(i => LaneCall<IReadOnlyList<Subscription>>.AskAsync(lanes[i], () => lanes[i].Audiences.OfChannels(subscribe))))
            .ConfigureAwait(false);
        return found.SelectMany(subscriptions => subscriptions);
    }

    /// <summary>Ends subscriptions of a channel whose right has gone.</summary>
    public void Evict(string channel, Func<Connection, bool> mayStay, ProtocolError why)
    {
        for (var i = 0; i < lanes.Count; i++) lanes[i].Post(new EvictWork(lanes[i], channel, mayStay, why));
    }

    private ulong LanesOf(string user)
    {
        var bits = 0UL;
        foreach (var connection in ConnectionsOf(user)) bits |= 1UL << connection.Lane.Index;
        return bits;
    }
}
