using Arauto.Protocol.Frames;

namespace Arauto.Connections;

/// <summary>What a connection has that server code puts into rooms: messages may name whom they are not for. Lane-owned.</summary>
/// <param name="ns">The namespace that it is a socket of; <see langword="null"/> for one of the native protocol, which hears every namespace and subscribes by itself too.</param>
/// <param name="ownChannel">The channel of the room that bears the socket's id; empty without a namespace.</param>
/// <param name="recovers">Whether its places are kept when it goes.</param>
internal sealed class RoomMember(string? ns, string ownChannel, bool recovers)
{
    /// <summary>Rooms left that are remembered: enough for a client that wanders, and a bound for one that does nothing else.</summary>
    private const int MaxDeparted = 64;

    private Queue<Departure>? _departed;

    /// <summary>Whether the connection is a socket, and nothing but its rooms concerns it.</summary>
    public bool IsSocket => ns is not null;

    /// <summary>Is told once, on the lane, that the connection is in all of its rooms and the greeting follows.</summary>
    public Action? Entered { get; init; }

    /// <summary>Is told of each channel that the connection does not hear any more. On the lane.</summary>
    public Action<string>? Left { get; init; }

    /// <summary>Is told once, on the lane, that the connection is over, with its places if they are of use.</summary>
    public Action<RoomSnapshot?>? Ended { get; init; }

    /// <summary>The channel of the room that bears the socket's id.</summary>
    public string OwnChannel { get; } = ownChannel;

    /// <summary>Whether its places are kept when it goes.</summary>
    public bool Recovers { get; private set; } = recovers;

    /// <summary>What the lane delivered from here on may have reached the socket.</summary>
    public long Since { get; set; }

    /// <summary>The rooms it was in and left.</summary>
    public IReadOnlyCollection<Departure> Departed => _departed is null ? [] : _departed;

    /// <summary>Whether departures were forgotten.</summary>
    public bool ForgotDepartures { get; private set; }

    /// <summary>From now on something may be missing that nobody can bring back.</summary>
    public void CannotRecover() => Recovers = false;

    /// <summary>What the client showed when it came back last.</summary>
    public string? LastOffset { get; private set; }

    /// <summary>Where that put it; <see langword="null"/> if it never came back.</summary>
    public IReadOnlyList<RoomPlace>? LastPlaces { get; private set; }

    /// <summary>Takes over what an earlier connection of the same socket knew.</summary>
    public void Continue(Resumption resumed)
    {
        var before = resumed.Before;
        LastOffset = resumed.Offset;
        LastPlaces = resumed.Places;
        Since = before.Since;
        ForgotDepartures = before.ForgotDepartures;
        if (before.Departed.Count > 0) _departed = new Queue<Departure>(before.Departed);
    }

    /// <summary>Notes a room that is left: what was delivered up to then cannot be brought back by membership.</summary>
    public void Depart(Subscription subscription)
    {
        if (!Recovers || subscription.Sent.Epoch == default) return;
        _departed ??= new Queue<Departure>();
        if (_departed.Count == MaxDeparted)
        {
            _departed.Dequeue();
            ForgotDepartures = true;
        }
        _departed.Enqueue(new Departure(subscription.Channel, subscription.Origin, subscription.Sent));
    }

    /// <summary>Whether a message is for this socket: of its namespace, not excepted, and not had in another room already.</summary>
    public bool Concerns(MessageEnvelope envelope, in SubscriptionSet subscriptions)
    {
        if (ns is not null && envelope.Namespace != ns) return false;
        for (var i = 0; i < envelope.Except.Count; i++)
            if (subscriptions.TryGet(envelope.Except[i], out _)) return false;
        for (var i = 0; i < envelope.Earlier.Count; i++)
        {
            var (channel, position) = envelope.Earlier[i];
            if (subscriptions.TryGet(channel, out var other) && !IsBefore(position, other.Origin)) return false;
        }
        return true;
    }

    /// <summary>Whether a copy was published before the socket came to that room.</summary>
    private static bool IsBefore(Protocol.Position position, Protocol.Position origin) => position.Epoch == origin.Epoch && position.Offset > 0 && position.Offset <= origin.Offset;
}
