using System.Diagnostics.CodeAnalysis;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Reads which channels a request wants to follow and from where, and checks the rights to all of them.</summary>
internal sealed class FollowGate(NodeServices node, ChannelGate gate)
{
    /// <summary>The cursors that a request may bring: one per channel it may name.</summary>
    private int MostCursors => MostChannels;

    private int MostChannels => Math.Min(node.Options.Limits.SubscriptionsPerConnection, Cursor.MaxChannels);

    /// <summary>Reads <c>channels</c> and <c>since</c> (or the header <c>Last-Event-ID</c>) and checks the rights; joins public rooms, as subscribing does.</summary>
    /// <returns>The channels, or the error.</returns>
    public async ValueTask<(IReadOnlyList<FollowedChannel>? Channels, ProtocolError? Error)> ReadAsync(HttpContext context, Identity identity)
    {
        if (!TryReadChannels(context.Request, out var names, out var error) || !TryReadCursors(context.Request, out var cursors, out error)) return (null, error);
        return await AuthoriseAsync(context, identity, names, cursors).ConfigureAwait(false);
    }

    /// <summary>Checks the rights to channels that are followed from now.</summary>
    public ValueTask<(IReadOnlyList<FollowedChannel>? Channels, ProtocolError? Error)> AuthoriseAsync(HttpContext context, Identity identity, IReadOnlyList<string> names) =>
        AuthoriseAsync(context, identity, names, []);

    private async ValueTask<(IReadOnlyList<FollowedChannel>? Channels, ProtocolError? Error)> AuthoriseAsync(
        HttpContext context, Identity identity, IReadOnlyList<string> names, IReadOnlyList<Cursor> cursors)
    {
        var channels = new List<FollowedChannel>(names.Count);
        foreach (var name in names)
        {
            var admission = await gate.CheckAsync(identity, name, ChannelRight.Subscribe, join: true, context.RequestAborted).ConfigureAwait(false);
            if (!admission.IsAdmitted) return (null, admission.Error);
            try
            {
                channels.Add(new FollowedChannel(name, admission.Rule, await FurthestAsync(name, admission.Rule, cursors, context.RequestAborted).ConfigureAwait(false)));
            }
            catch (StoreUnavailableException)
            {
                return (null, ChannelGate.StoreAway);
            }
        }
        return (channels, null);
    }

    private bool TryReadChannels(HttpRequest request, out IReadOnlyList<string> names, [NotNullWhen(false)] out ProtocolError? error)
    {
        error = null;
        names = [.. List(request, "channels").Distinct(StringComparer.Ordinal)];
        if (names.Count == 0) error = new ProtocolError(ErrorCode.InvalidMessage, "Name the channels: ?channels=a,b");
        else if (names.Count > MostChannels)
            error = new ProtocolError(ErrorCode.TooManySubscriptions, $"A request follows at most {MostChannels} channels (limits.subscriptionsPerConnection, and never more than {Cursor.MaxChannels}, since one cursor names them all); divide them among several requests.");
        return error is null;
    }

    /// <summary>An EventSource reconnects with its first address and the header, so the header is newer than the address.</summary>
    private bool TryReadCursors(HttpRequest request, out List<Cursor> cursors, [NotNullWhen(false)] out ProtocolError? error)
    {
        cursors = [];
        error = null;
        var header = request.Headers["Last-Event-ID"].ToString();
        foreach (var text in header.Length > 0 ? [header] : List(request, "since"))
        {
            if (cursors.Count < MostCursors && Cursor.TryDecode(text, out var cursor))
            {
                cursors.Add(cursor);
                continue;
            }
            error = new ProtocolError(ErrorCode.InvalidCursor, "A cursor in \"since\" (or Last-Event-ID) cannot be read, or there are more than channels; use those that the server handed out, or none.");
            return false;
        }
        return true;
    }

    private static IEnumerable<string> List(HttpRequest request, string name) =>
        request.Query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>A client that changed its transport may hold an older and a newer cursor of a channel.</summary>
    private static async ValueTask<Position?> FurthestAsync(string channel, ChannelRule rule, IReadOnlyList<Cursor> cursors, CancellationToken cancellationToken)
    {
        Position? furthest = null;
        foreach (var cursor in cursors)
        {
            if (!cursor.TryGet(channel, out var position)) continue;
            if (furthest is { } known && await IsBeyondAsync(known, position, channel, rule, cancellationToken).ConfigureAwait(false)) continue;
            furthest = position;
        }
        return furthest;
    }

    /// <summary>Which of two epochs is the newer one only the log knows; of two that it does not know, the one named last counts.</summary>
    private static async ValueTask<bool> IsBeyondAsync(Position known, Position other, string channel, ChannelRule rule, CancellationToken cancellationToken)
    {
        if (known.Epoch == other.Epoch) return known.Offset >= other.Offset;
        var page = await rule.Log.ReadAfterAsync(channel, long.MaxValue, 1, cancellationToken).ConfigureAwait(false);
        var (at, gap) = page.Resolve(known);
        var (otherAt, otherGap) = page.Resolve(other);
        return gap != GapReason.EpochChanged && (otherGap == GapReason.EpochChanged || at.Offset >= otherAt.Offset);
    }
}
