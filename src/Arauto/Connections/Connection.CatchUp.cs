using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private const int PageSize = 100;

    /// <summary>Replays that wait for room in the queue.</summary>
    private List<Subscription>? _paused;

    private void ReadNextPage(Subscription subscription) => ReadPage(
        subscription,
        gap =>
        {
            if (subscription.IsEnded) return;
            if (gap is not null) SendGap(subscription, gap);
            Continue(subscription);
        },
        e => FailCatchUp(subscription, e));

    /// <summary>Reads a page behind what was sent. Of the first one, <paramref name="done"/> learns whether the resumption is without a gap.</summary>
    private void ReadPage(Subscription subscription, Action<GapFrame?> done, Action<Exception> failed)
    {
        var catchUp = subscription.CatchUp!;
        catchUp.BeginRead();
        LaneCompletion<LogPage>.Then(
            Lane,
            subscription.Rule.Log.ReadOnAsync(subscription.Channel, subscription.Sent, PageSize, CancellationToken.None),
            page =>
            {
                catchUp.Take(page);
                done(Align(subscription, page));
            },
            failed);
    }

    /// <summary>Brings the subscription to where the page begins.</summary>
    /// <returns>What lies between and is gone, or <see langword="null"/>.</returns>
    private static GapFrame? Align(Subscription subscription, LogPage page)
    {
        var continuation = page.Resolve(subscription.Sent);
        var gap = continuation.Announce(subscription.Channel, subscription.Sent);
        subscription.Sent = continuation.At;
        subscription.Past = page.Past;
        return gap;
    }

    /// <summary>Goes on with the replays that waited for room.</summary>
    private void ContinueCatchUps()
    {
        if (_paused is null || QueuedBytes > QueueLimit / 2) return;
        var paused = _paused;
        _paused = null;
        foreach (var subscription in paused)
            if (!subscription.IsEnded && !_isClosing) Continue(subscription);
    }

    /// <summary>Queues the rest of the page as far as the queue is at most half full; a replay never fills it to the bound.</summary>
    private void Continue(Subscription subscription)
    {
        var catchUp = subscription.CatchUp!;
        if (catchUp.Page is not { } page)
        {
            Splice(subscription);
            return;
        }
        while (catchUp.Next < page.Messages.Count)
        {
            if (QueuedBytes > QueueLimit / 2)
            {
                (_paused ??= []).Add(subscription);
                return;
            }
            var message = page.Messages[catchUp.Next++];
            subscription.Sent = message.Position;
            if (_room is not null && message.Envelope is { } envelope && !_room.Concerns(envelope, _subscriptions)) continue;
            EnqueueMessage(subscription, message, Recovers ? EncodeWithPlaces(message) : _format.Encode(message));
            if (_isClosing) return;
        }
        catchUp.Finish();
        if (catchUp.MustReadAgain || subscription.Sent.Offset < page.Top) ReadNextPage(subscription);
        else Splice(subscription);
    }

    /// <summary>From replay to live: what was held and is not older than what was sent follows, then messages go straight through.</summary>
    private void Splice(Subscription subscription)
    {
        var catchUp = subscription.CatchUp!;
        // The log started anew during the replay: what was held may be of its former life, and what the page has is not to come again.
        if (catchUp.HoldsOtherThan(subscription.Sent.Epoch)) catchUp.Miss();
        if (catchUp.MustReadAgain)
        {
            ReadNextPage(subscription);
            return;
        }
        subscription.CatchUp = null;
        foreach (var frame in catchUp.Held) Deliver(subscription, frame);
        // Not before: what was held came to the lane earlier than it goes out.
        _catchUps--;
        subscription.CaughtUp = subscription.Sent;
        subscription.CaughtUpAt = Lane.Deliveries.Next;
    }

    /// <summary>The log went away in the middle of a replay: the client keeps what it has and resumes later.</summary>
    private void FailCatchUp(Subscription subscription, Exception e)
    {
        if (subscription.IsEnded) return;
        if (e is StoreUnavailableException) Log.StoreUnavailable(_node.Logger, Id, e.Message);
        else Log.CommandFailed(_node.Logger, e, Id, nameof(SubscribeCommand));
        if (IsSocket)
        {
            // Its places are known, so that it can recover when the log is back.
            Close(CloseCode.InternalError, null);
            return;
        }
        Evict(subscription, new ProtocolError(
            ErrorCode.Unavailable, "The history cannot be read now; subscribe again with your last cursor.", TimeSpan.FromSeconds(1)));
    }
}
