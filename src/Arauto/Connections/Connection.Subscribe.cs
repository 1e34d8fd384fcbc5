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
        if (_isClosing || _isFollowing || IsSocket) return false;
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
        if (_starting is not null)
        {
            FailFollow(why);
            return;
        }
        SendError(why, null, subscription.Channel);
        // Nobody can subscribe it to anything else; asked anew, the request is refused by its status.
        if (_isFollowing && _subscriptions.Count == 0) Close(CloseCode.PolicyViolation, null);
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

    /// <summary>Later commands wait until the subscription has started.</summary>
    private void Start(SubscribeCommand command, Subscription subscription, Position? since)
    {
        Suspend();
        Begin(
            subscription,
            since,
            point => Resume(() => Started(command, subscription, point)),
            e => Resume(() => FailStart(command, subscription, e)));
    }

    /// <summary>Registers first and reads the log afterwards, so that nothing falls between replay and live.</summary>
    private void Begin(Subscription subscription, Position? since, Action<StartingPoint> started, Action<Exception> failed)
    {
        subscription.CatchUp = new CatchUp();
        _catchUps++;
        _subscriptions.Add(subscription);
        Lane.Audiences.Add(subscription);
        _node.Metrics.SubscriptionsChanged(1);
        var feed = _node.Feeds.Attach(subscription.Channel, subscription.Rule, Lane.Index);
        LaneCompletion<Position>.Then(
            Lane,
            feed.GetPositionAsync(),
            top =>
            {
                // One that ended meanwhile has no replay any more; who started it sees that.
                if (since is null || since == top || subscription.IsEnded)
                {
                    subscription.Sent = top;
                    started(new StartingPoint(top, Resumed: since is not null, Gap: null));
                    return;
                }
                subscription.Sent = since.Value;
                ReadPage(subscription, gap => started(new StartingPoint(subscription.Sent, Resumed: gap is null, gap)), failed);
            },
            failed);
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

    private void Started(SubscribeCommand command, Subscription subscription, StartingPoint point)
    {
        if (subscription.IsEnded)
        {
            Refuse(command, EndedEarly(command.Channel));
            return;
        }
        if (point.IsNow) StartBehind(subscription, point.Position);
        Log.Subscribed(_node.Logger, Id, subscription.Channel, subscription.Sent.Offset, point.Resumed);
        Confirm(command, subscription.Sent, point.Resumed);
        Announce(subscription, point);
        Answered();
    }

    /// <summary>Everything that a subscription sets off: presence, the gap if there is one, the messages.</summary>
    private void Announce(Subscription subscription, StartingPoint point)
    {
        if (subscription.IsEnded) return;
        if (subscription.Rule.Presence) _node.Presence.Join(subscription.Channel, _identity!.User, this);
        subscription.IsAnnounced = subscription.Rule.Presence;
        if (point.Gap is not null) SendGap(subscription, point.Gap);
        Continue(subscription);
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
        if (subscription.CatchUp is not null) _catchUps--;
        subscription.CatchUp = null;
        _subscriptions.Remove(subscription.Channel);
        Lane.Audiences.Remove(subscription);
        _node.Feeds.Find(subscription.Channel)?.Detach(Lane.Index);
        _node.Metrics.SubscriptionsChanged(-1);
        if (subscription.IsAnnounced) _node.Presence.Leave(subscription.Channel, _identity!.User);
        _room?.Left?.Invoke(subscription.Channel);
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
