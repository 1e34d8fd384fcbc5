using Arauto.Protocol;

namespace Arauto.Client.Subscriptions;

/// <summary>
/// Remembers how far a subscription has come and tells new messages from repeated ones. Invariant: within one epoch
/// offsets only rise. Pure; the session guards it with its lock.
/// </summary>
internal sealed class SubscriptionCursor(string? since)
{
    private Position? _last;

    /// <summary>Where to resume, as the server's opaque text; <see langword="null"/> until anything is known: from now on.</summary>
    public string? Value { get; private set; } = since;

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
    public void MoveTo(string channel, string cursor)
    {
        // One from before what was taken meanwhile on another connection would be taken back to.
        if (_last is { } last && Cursor.TryDecode(cursor, out var places) && places.TryGet(channel, out var place) && place.Epoch == last.Epoch && place.Offset < last.Offset) return;
        Value = cursor;
    }
}
