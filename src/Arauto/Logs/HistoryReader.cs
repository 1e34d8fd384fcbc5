using Arauto.Channels;
using Arauto.Limits;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Logs;

/// <summary>Reads pages of history for every entry (frames, HTTP), bounded in number and bytes.</summary>
internal sealed class HistoryReader(ArautoOptions options)
{
    /// <summary>What a page may weigh, so that one reply stays well within the outbound queue.</summary>
    private const int MaxPageBytes = 256 * 1024;

    private const int DefaultLimit = 50;
    private readonly LimitOptions _limits = options.Limits;

    /// <summary>Reads one page.</summary>
    /// <param name="channel">The channel; rights are checked already.</param>
    /// <param name="rule">Its rule.</param>
    /// <param name="before">Read the newest messages before this place.</param>
    /// <param name="after">Read the oldest messages after this place; with neither bound, the newest messages.</param>
    /// <param name="limit">The most messages wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Stores.StoreUnavailableException">The log cannot be read.</exception>
    public async ValueTask<HistoryResult> ReadAsync(
        string channel, ChannelRule rule, HistoryBound? before, HistoryBound? after, int? limit, CancellationToken cancellationToken)
    {
        var count = Math.Clamp(limit ?? DefaultLimit, 1, _limits.HistoryPage);
        if (!TryResolve(channel, after, out var afterPosition) || !TryResolve(channel, before, out var beforePosition))
            return new HistoryResult(new ProtocolError(ErrorCode.InvalidCursor, "The cursor cannot be read for this channel; use one that the server handed out for it, or an offset."));
        return afterPosition is { } from
            ? await ReadAfterAsync(channel, rule, from, count, cancellationToken).ConfigureAwait(false)
            : await ReadBeforeAsync(channel, rule, beforePosition ?? new Position(Epoch.None, long.MaxValue), count, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<HistoryResult> ReadAfterAsync(string channel, ChannelRule rule, Position from, int count, CancellationToken cancellationToken)
    {
        var page = await rule.Log.ReadOnAsync(channel, from, count, cancellationToken).ConfigureAwait(false);
        var kept = 0;
        var bytes = 0L;
        while (kept < page.Messages.Count && (kept == 0 || bytes + page.Messages[kept].Data.Length <= MaxPageBytes)) bytes += page.Messages[kept++].Data.Length;
        var messages = kept == page.Messages.Count ? page.Messages : [.. page.Messages.Take(kept)];
        var last = messages.Count > 0 ? messages[^1].Position.Offset : page.Resolve(from).At.Offset;
        return new HistoryResult(messages, new Position(page.Epoch, last), last < page.Top);
    }

    private static async ValueTask<HistoryResult> ReadBeforeAsync(string channel, ChannelRule rule, Position before, int count, CancellationToken cancellationToken)
    {
        var page = await rule.Log.ReadBeforeAsync(channel, before.Offset, count, cancellationToken).ConfigureAwait(false);
        if (before.Epoch != Epoch.None && before.Epoch != page.Epoch)
        {
            // In front of a message that the log has lost is everything up to where it goes on.
            var (at, gap) = page.Resolve(before);
            page = await rule.Log.ReadBeforeAsync(channel, gap is null ? at.Offset : at.Offset + 1, count, cancellationToken).ConfigureAwait(false);
        }
        var first = page.Messages.Count;
        var bytes = 0L;
        while (first > 0 && (first == page.Messages.Count || bytes + page.Messages[first - 1].Data.Length <= MaxPageBytes)) bytes += page.Messages[--first].Data.Length;
        var messages = first == 0 ? page.Messages : [.. page.Messages.Skip(first)];
        var last = messages.Count > 0 ? messages[^1].Position.Offset : page.Top;
        return new HistoryResult(messages, new Position(page.Epoch, last), messages.Count > 0 && messages[0].Position.Offset > page.Oldest);
    }

    private static bool TryResolve(string channel, HistoryBound? bound, out Position? position)
    {
        position = null;
        if (bound is not { } given) return true;
        if (given.Cursor is null)
        {
            position = new Position(Epoch.None, given.Offset);
            return true;
        }
        if (!Cursor.TryDecode(given.Cursor, out var cursor) || !cursor.TryGet(channel, out var found)) return false;
        position = found;
        return true;
    }
}
