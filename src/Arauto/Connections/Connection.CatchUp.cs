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
            ReadPageAsync(subscription),
            page =>
            {
                catchUp.Take(page);
                done(Align(subscription, page));
            },
            failed);
    }

    private static async ValueTask<LogPage> ReadPageAsync(Subscription subscription)
    {
        var log = subscription.Rule.Log;
        var sent = subscription.Sent;
        var page = await log.ReadAfterAsync(subscription.Channel, sent.Offset, PageSize, CancellationToken.None).ConfigureAwait(false);
        var continues = page.Epoch == sent.Epoch && page.Top >= sent.Offset;
        return continues || sent.Offset == 0
            ? page
            : await log.ReadAfterAsync(subscription.Channel, 0, PageSize, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Brings the subscription to where the page begins.</summary>
    /// <returns>What lies between and is gone, or <see langword="null"/>.</returns>
    private static GapFrame? Align(Subscription subscription, LogPage page)
    {
        var sent = subscription.Sent;
        if (page.Epoch != sent.Epoch || page.Top < sent.Offset)
        {
            subscription.Sent = new Position(page.Epoch, page.Oldest - 1);
            // A cursor from before the channel's first message lost nothing when the log got an epoch of its own.
            return sent.Offset == 0 && page.Oldest == 1
                ? null
                : new GapFrame { Channel = subscription.Channel, From = 0, To = 0, Reason = GapReason.EpochChanged };
        }
        if (page.Oldest <= sent.Offset + 1) return null;
        subscription.Sent = sent with { Offset = page.Oldest - 1 };
        return new GapFrame { Channel = subscription.Channel, From = sent.Offset + 1, To = page.Oldest - 1, Reason = GapReason.Trimmed };
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
