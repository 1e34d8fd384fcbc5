using Arauto.Protocol;

namespace Arauto.Client.Subscriptions;

/// <summary>
/// Remembers how far a subscription has come and tells new messages from repeated ones. Invariant: within one epoch
/// offsets only rise. Pure; the session guards it with its lock.
/// </summary>
/// <remarks>
/// A cursor of several channels is kept as the one of this channel. Otherwise the places it names for others would stand
/// beside their own in the next request, and a subscription that begins anew at an older place would be put before it.
/// </remarks>
internal sealed class SubscriptionCursor(string channel, string? since)
{
    private Position? _last;

    /// <summary>Where to resume, as the server's opaque text; <see langword="null"/> until anything is known: from now on.</summary>
    public string? Value { get; private set; } = OfOne(channel, since);

    /// <summary>Whether a message at <paramref name="position"/> was not seen yet.</summary>
    public bool IsNew(Position position) => _last is not { } last || position.Epoch != last.Epoch || position.Offset > last.Offset;

    /// <summary>Everything up to <paramref name="position"/> was taken, or does not come.</summary>
    /// <remarks>Also called with the position of each subscribe reply: without it a channel that stayed quiet would resume from nowhere and lose what came while the client was away.</remarks>
    public void Advance(Position position, string? cursor)
    {
        if (!IsNew(position)) return;
        // A channel that was never written, or a cursor that this version cannot read, has no position to compare with.
        if (position.Epoch != Epoch.None) _last = position;
        if (cursor is not null) Value = cursor;
    }

    /// <summary>The server names the place by a cursor alone, possibly one of several channels.</summary>
    public void MoveTo(string cursor)
    {
        if (!Cursor.TryDecode(cursor, out var places))
        {
            // Of a newer server, whose cursors this version hands back as they are.
            Value = cursor;
            return;
        }
        if (!places.TryGet(channel, out var place)) return;
        // One from before what was taken meanwhile on another connection would be taken back to.
        if (_last is { } last && place.Epoch == last.Epoch && place.Offset < last.Offset) return;
        Value = Cursor.Encode(channel, place);
    }

    private static string? OfOne(string channel, string? cursor) =>
        Cursor.TryDecode(cursor, out var places) && places.TryGet(channel, out var place) ? Cursor.Encode(channel, place) : cursor;
}
