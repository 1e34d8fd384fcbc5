using System.Collections.Immutable;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;

namespace Arauto.Hubs;

/// <summary>A lane's part of the hub: for each channel, the subscriptions of the lane's connections. Lane-owned.</summary>
internal sealed class LaneAudiences(Lane lane)
{
    private readonly Dictionary<string, Audience> _channels = new(StringComparer.Ordinal);

    /// <summary>Adds a subscription.</summary>
    /// <returns>Whether it is the channel's first on this lane.</returns>
    public bool Add(Subscription subscription)
    {
        var first = !_channels.TryGetValue(subscription.Channel, out var audience);
        if (first) _channels[subscription.Channel] = audience = new Audience();
        audience!.Add(subscription);
        return first;
    }

    /// <summary>Removes a subscription.</summary>
    /// <returns>Whether it was the channel's last on this lane.</returns>
    public bool Remove(Subscription subscription)
    {
        if (!_channels.TryGetValue(subscription.Channel, out var audience) || !audience.Remove(subscription)) return false;
        if (audience.Count > 0) return false;
        _channels.Remove(subscription.Channel);
        return true;
    }

    /// <summary>The fan-out: each subscriber of the channel gets the frame; of a user's own channel, each of the user's connections.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="frame">The message.</param>
    /// <param name="owner">The connections, on any lane, of the user whose own channel it is.</param>
    /// <returns>How many got it.</returns>
    public int Deliver(string channel, SharedFrame frame, ImmutableArray<Connection> owner)
    {
        var receivers = 0;
        if (_channels.TryGetValue(channel, out var audience))
        {
            var recovers = false;
            foreach (var subscription in audience.Subscriptions)
            {
                if (subscription.Connection.Deliver(subscription, frame)) receivers++;
                recovers |= subscription.Connection.Recovers;
            }
            if (recovers) lane.Deliveries.Add(channel, frame.Message!.Position);
        }
        foreach (var connection in owner)
            if (connection.Lane == lane && connection.DeliverUnsubscribed(channel, frame)) receivers++;
        if (receivers > 0) lane.Delivered(frame);
        return receivers;
    }

    /// <summary>The fan-out of what is not kept: typing, presence, receipts.</summary>
    public void DeliverEphemeral(string channel, SharedFrame frame, Connection? except)
    {
        if (!_channels.TryGetValue(channel, out var audience)) return;
        foreach (var subscription in audience.Subscriptions)
            if (subscription.Connection != except) subscription.Connection.DeliverEphemeral(frame);
    }

    /// <summary>Tells each subscriber that messages are missing and where the channel goes on.</summary>
    public void Skip(string channel, GapFrame gap, Position next)
    {
        if (!_channels.TryGetValue(channel, out var audience)) return;
        foreach (var subscription in audience.Subscriptions) subscription.Connection.Skip(subscription, gap, next);
    }

    /// <summary>The subscriptions of channels with a rule.</summary>
    public IReadOnlyList<Subscription> OfChannels(AccessRule subscribe)
    {
        var found = new List<Subscription>();
        foreach (var audience in _channels.Values)
        {
            // All of a channel have its rule.
            if (audience.Subscriptions[0].Rule.Subscribe == subscribe) found.AddRange(audience.Subscriptions);
        }
        return found;
    }

    /// <summary>Ends the subscriptions that may no longer be.</summary>
    public void Evict(string channel, Func<Connection, bool> mayStay, ProtocolError why)
    {
        if (!_channels.TryGetValue(channel, out var audience)) return;
        foreach (var subscription in audience.Subscriptions.ToArray())
            if (!mayStay(subscription.Connection)) subscription.Connection.Evict(subscription, why);
    }
}
