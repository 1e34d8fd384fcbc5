using System.Diagnostics.CodeAnalysis;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private SubscriptionSet _subscriptions;

    /// <summary>Queues a message of the user's own channel for a connection that did not subscribe to it.</summary>
    /// <remarks>A later subscription with a cursor brings it again if it lies behind the cursor: the client says by the cursor what it has.</remarks>
    /// <returns>Whether it was queued; <see langword="false"/> where a subscription serves the message.</returns>
    public bool DeliverUnsubscribed(string channel, SharedFrame frame)
    {
        if (_isClosing) return false;
        var message = frame.Message!;
        if (TryGetSubscription(channel, out var subscription) && !IsOvertaken(subscription, message.Position)) return false;
        EnqueueMessage(null, message, frame.In(_format));
        return true;
    }

    /// <summary>Ends a subscription whose right has gone, and says so.</summary>
    public void Evict(Subscription subscription, ProtocolError why)
    {
        if (subscription.IsEnded) return;
        End(subscription);
        SendError(why, null, subscription.Channel);
    }

    /// <summary>Whether a message was on its way to this lane when the subscription started behind it.</summary>
    private static bool IsOvertaken(Subscription subscription, Position position) =>
        subscription.CatchUp is null && position.Epoch == subscription.Origin.Epoch && position.Offset <= subscription.Origin.Offset;

    private bool IsSubscribed(string channel) => _subscriptions.TryGet(channel, out _);

    private bool TryGetSubscription(string channel, [NotNullWhen(true)] out Subscription? subscription) => _subscriptions.TryGet(channel, out subscription);

    private void Subscribe(SubscribeCommand command) =>
        Authorise(command, command.Channel, ChannelRight.Subscribe, join: true, static (connection, subscribe, rule) => connection.Subscribe(subscribe, rule));

    private void Subscribe(SubscribeCommand command, ChannelRule rule)
    {
        Position? since = null;
        if (command.Since is { } text)
        {
            if (!Cursor.TryDecode(text, out var cursor))
            {
                Refuse(command, new ProtocolError(ErrorCode.InvalidCursor, "The cursor in \"since\" cannot be read; use one that the server handed out, or none."));
                return;
            }
            if (cursor.TryGet(command.Channel, out var position)) since = position;
        }
        if (TryGetSubscription(command.Channel, out var existing))
        {
            if (since is null && existing.CatchUp is null)
            {
                Confirm(command, existing.Sent, resumed: false);
                Answered();
                return;
            }
            // Asked to go back: the subscription starts anew from the cursor.
            End(existing);
        }
        var limit = _node.Options.Limits.SubscriptionsPerConnection;
        if (_subscriptions.Count >= limit)
        {
            Refuse(command, new ProtocolError(
                ErrorCode.TooManySubscriptions, $"A connection has at most {limit} subscriptions (limits.subscriptionsPerConnection); end one or open another connection."));
            return;
        }
        // The feed's name, if there is one: then the channel's subscribers share one string.
        var channel = _node.Feeds.Find(command.Channel)?.Channel ?? command.Channel;
        Start(command, new Subscription(this, channel, rule), since);
    }

    /// <summary>Registers first and reads the log afterwards, so that nothing falls between replay and live. Later commands wait until it has started.</summary>
    private void Start(SubscribeCommand command, Subscription subscription, Position? since)
    {
        subscription.CatchUp = new CatchUp();
        _subscriptions.Add(subscription);
        Lane.Audiences.Add(subscription);
        _node.Metrics.SubscriptionsChanged(1);
        var feed = _node.Feeds.Attach(subscription.Channel, subscription.Rule, Lane.Index);
        Suspend();
        LaneCompletion<Position>.Then(
            Lane,
            feed.GetPositionAsync(),
            top => GoOn(command, subscription, since, top),
            e => Resume(() => FailStart(command, subscription, e)));
    }

    private void GoOn(SubscribeCommand command, Subscription subscription, Position? since, Position top)
    {
        if (since is null || since == top)
        {
            Resume(() =>
            {
                if (since is null && !subscription.IsEnded) StartBehind(subscription, top);
                Started(command, subscription, top, resumed: since is not null, gap: null);
            });
            return;
        }
        subscription.Sent = since.Value;
        ReadFirstPage(command, subscription);
    }

    /// <summary>Of the user's own channel, what came while the subscription started and lies in front of it is still owed to the connection.</summary>
    private void StartBehind(Subscription subscription, Position top)
    {
        subscription.Origin = top;
        if (!subscription.Rule.IsUserChannel || !ChannelName.IdOf(subscription.Channel).SequenceEqual(_identity!.User)) return;
        foreach (var frame in subscription.CatchUp!.Held)
        {
            var message = frame.Message!;
            if (message.Position.Epoch != top.Epoch || message.Position.Offset > top.Offset) continue;
            EnqueueMessage(null, message, frame.In(_format));
        }
    }

    /// <summary>The answer, and everything that a subscription sets off: presence, the gap if there is one, the messages.</summary>
    private void Started(SubscribeCommand command, Subscription subscription, Position position, bool resumed, GapFrame? gap)
    {
        if (subscription.IsEnded)
        {
            Refuse(command, EndedEarly(command.Channel));
            return;
        }
        subscription.Sent = position;
        Log.Subscribed(_node.Logger, Id, subscription.Channel, subscription.Sent.Offset, resumed);
        Confirm(command, subscription.Sent, resumed);
        if (subscription.Rule.Presence) _node.Presence.Join(subscription.Channel, _identity!.User, this);
        subscription.IsAnnounced = subscription.Rule.Presence;
        if (gap is not null) SendGap(gap);
        Continue(subscription);
        Answered();
    }

    private void Confirm(SubscribeCommand command, Position position, bool resumed)
    {
        if (command.Id is { } id) SendControl(new SubscribeReply { Id = id, Channel = command.Channel, Position = position, Resumed = resumed });
    }

    private static ProtocolError EndedEarly(string channel) =>
        new(ErrorCode.NotSubscribed, $"The subscription to \"{channel}\" was ended before it had begun.");

    private void FailStart(SubscribeCommand command, Subscription subscription, Exception e)
    {
        if (!subscription.IsEnded) End(subscription);
        Fail(command, e);
    }

    private void Unsubscribe(UnsubscribeCommand command)
    {
        if (!TryGetSubscription(command.Channel, out var subscription))
        {
            Refuse(command, NotSubscribed(command.Channel));
            return;
        }
        _queue?.Remove(subscription);
        End(subscription);
        Done(command);
    }

    private void End(Subscription subscription)
    {
        subscription.IsEnded = true;
        subscription.CatchUp = null;
        _subscriptions.Remove(subscription.Channel);
        Lane.Audiences.Remove(subscription);
        _node.Feeds.Find(subscription.Channel)?.Detach(Lane.Index);
        _node.Metrics.SubscriptionsChanged(-1);
        if (subscription.IsAnnounced) _node.Presence.Leave(subscription.Channel, _identity!.User);
    }

    private void EndSubscriptions()
    {
        foreach (var subscription in _subscriptions.ToArray()) End(subscription);
    }

    /// <summary>After a token was replaced: what the new one does not allow ends.</summary>
    private void RecheckSubscriptions()
    {
        foreach (var subscription in _subscriptions.ToArray())
        {
            LaneCompletion<ProtocolError?>.Then(
                Lane,
                _node.Access.CheckAsync(_identity!, subscription.Channel, subscription.Rule, ChannelRight.Subscribe, join: false, CancellationToken.None),
                error =>
                {
                    if (error is not null) Evict(subscription, error);
                },
                e => Log.StoreUnavailable(_node.Logger, Id, e.Message));
        }
    }
}
