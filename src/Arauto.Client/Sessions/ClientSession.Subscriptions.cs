using Arauto.Client.Connections;
using Arauto.Client.Subscriptions;
using Arauto.Client.Transports;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <content>Subscriptions: asked for on every link, resumed from their cursors.</content>
internal sealed partial class ClientSession
{
    /// <summary>Adds a subscription.</summary>
    /// <exception cref="InvalidOperationException">The channel has one already.</exception>
    public Subscription Subscribe(string channel, string? since)
    {
        var subscription = new Subscription(channel, since, _options.SubscriptionBuffer, NewBackoff());
        lock (_gate)
        {
            ThrowIfClosed();
            if (!_subscriptions.TryAdd(channel, subscription))
                throw new InvalidOperationException($"This client has a subscription to {channel} already; share its messages, or use a second client.");
            if (_link is { } link) Ask(subscription, link);
        }
        Start();
        return subscription;
    }

    /// <summary>Ends a subscription; the server is told if there is a connection.</summary>
    public void Unsubscribe(Subscription subscription)
    {
        lock (_gate)
        {
            subscription.Dispose();
            if (!_subscriptions.TryGetValue(subscription.Channel, out var current) || current != subscription) return;
            _subscriptions.Remove(subscription.Channel);
            if (subscription.Phase != SubscriptionPhase.Paused) _link?.Post(Unsubscribe(subscription.Channel));
        }
    }

    /// <summary>The reader took a message; a paused subscription may go on.</summary>
    public void Consumed(Subscription subscription)
    {
        lock (_gate)
            if (subscription.ShouldResume && _closed is null) Ask(subscription, _link);
    }

    // Without a link the subscription is only marked as pending, and asked for when the next one opens.
    private void Ask(Subscription subscription, Link? link)
    {
        if (link is null)
        {
            subscription.Resume();
            return;
        }
        subscription.Ask(++_lastId);
        link.Post(subscription.Command(subscription.CommandId));
    }

    private UnsubscribeCommand Unsubscribe(string channel) => new() { Id = ++_lastId, Channel = channel };

    private void AskAgain(object? state)
    {
        var subscription = (Subscription)state!;
        lock (_gate)
        {
            if (_link is { } link && subscription is { Phase: SubscriptionPhase.Pending, CommandId: null }
                && _subscriptions.TryGetValue(subscription.Channel, out var current) && current == subscription)
                Ask(subscription, link);
        }
    }

    private void Activate(SubscribeReply reply)
    {
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(reply.Channel, out var subscription) || subscription.CommandId != reply.Id) return;
            subscription.Activate(reply);
        }
        _observer.OnEvent(reply);
    }

    /// <summary>Whether the error was about a subscription, and was dealt with: asked again later if it may pass, else ended.</summary>
    private bool RefuseSubscription(ErrorFrame frame)
    {
        var error = frame.ToException();
        lock (_gate)
        {
            // Every command that could be refused carries an id, so an error that only names a channel says that
            // the server has ended the subscription there.
            var subscription = _subscriptions.Values.FirstOrDefault(s => frame.Id is { } id ? s.CommandId == id : s.Channel == frame.Channel && s.Phase == SubscriptionPhase.Active);
            if (subscription is null) return false;
            if (error.IsRetryable)
            {
                subscription.PutOff(error.RetryAfter, AskAgain, _time);
                return true;
            }
            _subscriptions.Remove(subscription.Channel);
            subscription.Dispose();
            subscription.Complete(error);
            return true;
        }
    }

    private void Deliver(Link link, MessageFrame frame, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_subscriptions.TryGetValue(frame.Channel, out var subscription))
            {
                if (!subscription.TryDeliver(frame, bytes))
                    link.Post(Unsubscribe(frame.Channel));
                return;
            }
        }
        _observer.OnMessage(new Message(frame, bytes.ToArray()));
    }

    void ILinkHandler.OnPlaces(string cursor)
    {
        lock (_gate)
            foreach (var subscription in _subscriptions.Values) subscription.MoveTo(cursor);
    }
}
