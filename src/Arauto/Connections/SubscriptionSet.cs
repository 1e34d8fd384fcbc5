using System.Diagnostics.CodeAnalysis;

namespace Arauto.Connections;

/// <summary>A connection's subscriptions by channel. Most connections have one, so one is held without a dictionary, which would be a fifth of an idle connection's memory. Lane-owned.</summary>
internal struct SubscriptionSet
{
    // Null, a Subscription or a Dictionary<string, Subscription>.
    private object? _content;

    /// <summary>How many there are.</summary>
    public readonly int Count => _content switch
    {
        null => 0,
        Subscription => 1,
        _ => ((Dictionary<string, Subscription>)_content).Count,
    };

    /// <summary>The subscription of a channel.</summary>
    public readonly bool TryGet(string channel, [NotNullWhen(true)] out Subscription? subscription)
    {
        if (_content is Dictionary<string, Subscription> many) return many.TryGetValue(channel, out subscription);
        subscription = _content as Subscription;
        if (subscription is not null && subscription.Channel != channel) subscription = null;
        return subscription is not null;
    }

    /// <summary>Adds a subscription of a channel that has none.</summary>
    public void Add(Subscription subscription)
    {
        if (_content is null)
        {
            _content = subscription;
            return;
        }
        if (_content is Subscription first)
            _content = new Dictionary<string, Subscription>(StringComparer.Ordinal) { [first.Channel] = first };
        ((Dictionary<string, Subscription>)_content).Add(subscription.Channel, subscription);
    }

    /// <summary>Removes the subscription of a channel, if there is one.</summary>
    public void Remove(string channel)
    {
        if (_content is Dictionary<string, Subscription> many)
        {
            many.Remove(channel);
            if (many.Count == 0) _content = null;
        }
        else if (_content is Subscription only && only.Channel == channel)
        {
            _content = null;
        }
    }

    /// <summary>All of them, to go through while they change.</summary>
    public readonly Subscription[] ToArray() => _content switch
    {
        null => [],
        Subscription only => [only],
        _ => [.. ((Dictionary<string, Subscription>)_content).Values],
    };
}
