using System.Runtime.InteropServices;
using Arauto.Connections;

namespace Arauto.Hubs;

/// <summary>The subscriptions of one channel on one lane, without order. Lane-owned.</summary>
internal sealed class Audience
{
    private readonly List<Subscription> _subscriptions = new(1);

    public int Count => _subscriptions.Count;

    /// <summary>All of them; not valid across a change.</summary>
    public ReadOnlySpan<Subscription> Subscriptions => CollectionsMarshal.AsSpan(_subscriptions);

    public void Add(Subscription subscription)
    {
        subscription.Index = _subscriptions.Count;
        _subscriptions.Add(subscription);
    }

    /// <summary>Removes by moving the last one into the place: no search, no shift.</summary>
    public bool Remove(Subscription subscription)
    {
        var index = subscription.Index;
        if (index < 0 || index >= _subscriptions.Count || _subscriptions[index] != subscription) return false;
        var last = _subscriptions[^1];
        _subscriptions[index] = last;
        last.Index = index;
        _subscriptions.RemoveAt(_subscriptions.Count - 1);
        subscription.Index = -1;
        return true;
    }
}
