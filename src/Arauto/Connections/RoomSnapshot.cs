using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>The rooms and places of a socket whose connection is over, for the connection that takes its place. Immutable.</summary>
/// <param name="Lane">The lane that knows in which order messages were delivered; the next connection lives there too.</param>
/// <param name="OwnChannel">The channel of the room that bears the socket's id.</param>
/// <param name="Places">Its rooms; the places are those queued last, so the client may have less.</param>
/// <param name="Since">The lane's first delivery that may have reached the socket.</param>
/// <param name="Departed">Rooms it left.</param>
/// <param name="ForgotDepartures">Whether there were more of those.</param>
/// <param name="LastOffset">What the client showed when it came back last.</param>
/// <param name="LastPlaces">Where that put it; <see langword="null"/> if it never came back.</param>
internal sealed record RoomSnapshot(
    Lane Lane,
    string OwnChannel,
    IReadOnlyList<RoomPlace> Places,
    long Since,
    IReadOnlyCollection<Departure> Departed,
    bool ForgotDepartures,
    string? LastOffset,
    IReadOnlyList<RoomPlace>? LastPlaces)
{
    /// <summary>Finds the client's place in each of its rooms from the last offset it saw. On the lane.</summary>
    /// <remarks>
    /// An event carries the place in its own channel, which is the same for all receivers. What the client had of the other
    /// channels at that moment follows from the order in which the lane delivered: everything that came later is missing.
    /// While a room is being caught up that order does not hold; the events then carry all places.
    /// </remarks>
    /// <param name="offset">The last offset the client saw; <see langword="null"/> if it saw none.</param>
    /// <returns>The rooms with the client's places, or <see langword="null"/> if they cannot be known for sure.</returns>
    public IReadOnlyList<RoomPlace>? Resolve(string? offset)
    {
        // It has got nothing since it came back last, so it is where it was then.
        if (LastPlaces is not null && offset == LastOffset) return ForgotDepartures || Departed.Count > 0 ? null : AtLast(LastPlaces);
        if (offset is null) return ForgotDepartures || Departed.Count > 0 ? null : AtOrigin();
        if (!Cursor.TryDecode(offset, out var cursor)) return null;
        if (cursor.Count > 1) return cursor.TryGet(OwnChannel, out _) ? AtAll(cursor) : AtOrigin();
        return Places.Count == 1 && Departed.Count == 0 && cursor.TryGet(OwnChannel, out _) ? AtAll(cursor) : AtDelivery(cursor);
    }

    /// <summary>Nothing of this session has reached the client.</summary>
    private RoomPlace[] AtOrigin() => [.. Places.Select(place => place with { Sent = place.Origin })];

    private RoomPlace[] AtLast(IReadOnlyList<RoomPlace> last)
    {
        var known = last.ToDictionary(place => place.Channel, place => place.Sent, StringComparer.Ordinal);
        return [.. Places.Select(place => place with { Sent = known.TryGetValue(place.Channel, out var sent) ? Later(sent, place.Origin) : place.Origin })];
    }

    private RoomPlace[]? AtAll(Cursor cursor)
    {
        // A room left since then may have had messages that are lost with it.
        foreach (var departure in Departed)
            if (cursor.TryGet(departure.Channel, out var known) ? known != departure.Sent : departure.Origin != departure.Sent) return null;
        return [.. Places.Select(place => place with { Sent = cursor.TryGet(place.Channel, out var known) ? Later(known, place.Origin) : place.Origin })];
    }

    private RoomPlace[]? AtDelivery(Cursor cursor)
    {
        if (!TryFindChannel(cursor, out var channel, out var position)) return ForgotDepartures ? null : AtOrigin();
        var missing = new Dictionary<string, Position>(StringComparer.Ordinal);
        switch (Lane.Deliveries.CollectAfter(channel, position, Since, missing, out var number))
        {
            case DeliverySearch.Forgotten: return null;
            case DeliverySearch.NotThere when Departed.Count > 0 || ForgotDepartures: return null;
            case DeliverySearch.NotThere: return AtOrigin();
        }
        foreach (var departure in Departed)
            if (missing.TryGetValue(departure.Channel, out var first) && first.Offset <= departure.Sent.Offset) return null;
        var places = new RoomPlace[Places.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var place = Places[i];
            if (missing.TryGetValue(place.Channel, out var first))
            {
                if (first.Epoch != place.Sent.Epoch) return null;
                var sent = Later(first with { Offset = Math.Min(first.Offset - 1, place.Sent.Offset) }, place.Origin);
                // The replay was whole with the client before the message was delivered that it shows.
                place = place with { Sent = number >= place.CaughtUpAt ? Later(sent, place.CaughtUp) : sent };
            }
            places[i] = place;
        }
        return places;
    }

    private bool TryFindChannel(Cursor cursor, out string channel, out Position position)
    {
        foreach (var place in Places)
            if (cursor.TryGet(channel = place.Channel, out position)) return true;
        foreach (var departure in Departed)
            if (cursor.TryGet(channel = departure.Channel, out position)) return true;
        (channel, position) = ("", default);
        return false;
    }

    private static Position Later(Position known, Position origin) => known.Epoch == origin.Epoch && known.Offset < origin.Offset ? origin : known;
}
