using Arauto.Auth;
using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;

namespace Arauto.Connections;

/// <summary>Connections that server code subscribes: sockets in rooms.</summary>
internal sealed partial class Connection
{
    /// <summary>The most channels of a socket that recovers: its rooms, its own and that of the namespace.</summary>
    private const int MostRecoverable = Cursor.MaxChannels / 2;

    private RoomMember? _room;

    /// <summary>Subscriptions whose replay is under way; as long as there are any, the order of a lane's deliveries is not that of this connection.</summary>
    private int _catchUps;

    /// <summary>Whether server code puts it into rooms.</summary>
    public bool IsPlaced => _room is not null;

    private bool IsSocket => _room is { IsSocket: true };

    /// <summary>Whether its places are kept when it goes.</summary>
    public bool Recovers => _room is { Recovers: true };

    /// <summary>Opens the connection on its lane and puts it into rooms. From any thread, once.</summary>
    /// <param name="identity">Who it is. The user's connections are counted by the caller.</param>
    /// <param name="member">What makes it a socket.</param>
    /// <param name="places">The rooms.</param>
    /// <param name="resumed">The client's return, if it is one.</param>
    /// <param name="greeting">Sent first, once it is in all rooms.</param>
    /// <returns>Whether it is in all rooms and nothing is missing there; if not, it is over.</returns>
    public Task<bool> OpenAsync(Identity identity, RoomMember member, IReadOnlyList<RoomPlace> places, Resumption? resumed, ReadOnlyMemory<byte> greeting)
    {
        var opened = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Lane.Post(new Posted(this, connection =>
        {
            connection._room = member;
            connection.OpenOnLane(identity);
            if (resumed is not null) member.Continue(resumed);
            else member.Since = connection.Lane.Deliveries.Next;
            if (connection._isClosing) opened.SetResult(false);
            else connection.EnterAll(places, greeting, opened);
        }));
        return opened.Task;
    }

    /// <summary>Lets server code put a connection of the native protocol into rooms, beside its own subscriptions. From any thread.</summary>
    public void Attend(RoomMember member) => Lane.Post(new Posted(this, connection =>
    {
        connection._room ??= member;
        if (!connection._isOpen || connection._isClosing) member.Ended?.Invoke(null);
    }));

    /// <summary>Subscribes to a channel from its present end. From any thread.</summary>
    /// <returns>When messages published from then on are delivered; <see langword="false"/> if the connection is over.</returns>
    public Task<bool> JoinAsync(string channel, ChannelRule rule)
    {
        var joined = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Lane.Post(new Posted(this, connection => connection.Join(channel, rule, joined)));
        return joined.Task;
    }

    /// <summary>Ends a subscription; what was published before is still delivered. From any thread.</summary>
    public Task LeaveAsync(string channel)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lane.Post(new Posted(this, connection =>
        {
            if (connection.TryGetSubscription(channel, out var subscription))
            {
                connection._room?.Depart(subscription);
                connection.End(subscription);
            }
            left.SetResult();
        }));
        return left.Task;
    }

    /// <summary>Sends bytes of the connection's protocol, behind what waits. From any thread.</summary>
    public void SendFromOutside(ReadOnlyMemory<byte> bytes) => Lane.Post(new Posted(this, connection =>
    {
        if (connection._isOpen && !connection._isClosing) connection.EnqueueControl(bytes);
    }));

    /// <summary>The client uses another transport now. From any thread.</summary>
    public void TransportChanged() => Lane.Post(new Posted(this, connection =>
    {
        var kind = connection._transport.Kind;
        if (!connection._isOpen || kind == connection._countedKind) return;
        connection._node.Metrics.ConnectionMoved(connection._countedKind, kind, connection._codec.Name);
        connection._countedKind = kind;
        connection._format = FrameFormat.Get(connection._codec, connection._transport.Framing);
    }));

    /// <summary>Registers in all rooms, and lets none send before each knows where it begins.</summary>
    private void EnterAll(IReadOnlyList<RoomPlace> places, ReadOnlyMemory<byte> greeting, TaskCompletionSource<bool> opened)
    {
        CheckRoomCount(places.Count);
        var started = new (Subscription Subscription, StartingPoint Point)[places.Count];
        var open = places.Count;
        for (var i = 0; i < places.Count; i++)
        {
            var index = i;
            var place = places[i];
            var subscription = new Subscription(this, _node.Feeds.Find(place.Channel)?.Channel ?? place.Channel, place.Rule) { Origin = place.Origin };
            Begin(
                subscription,
                place.IsNew ? null : place.Sent,
                point =>
                {
                    started[index] = (subscription, point);
                    if (--open == 0) Entered(places, started, greeting, opened);
                },
                e => FailEntry(e, opened));
            if (_isClosing) return;
        }
    }

    private void Entered(IReadOnlyList<RoomPlace> places, (Subscription Subscription, StartingPoint Point)[] started, ReadOnlyMemory<byte> greeting, TaskCompletionSource<bool> opened)
    {
        if (_isClosing || !_isOpen)
        {
            opened.TrySetResult(false);
            return;
        }
        foreach (var (subscription, point) in started)
        {
            if (!subscription.IsEnded && point.Gap is null) continue;
            _room!.CannotRecover();
            opened.TrySetResult(false);
            Close(CloseCode.Normal, null);
            return;
        }
        for (var i = 0; i < started.Length; i++)
            if (places[i].IsNew) started[i].Subscription.Origin = started[i].Point.Position;
        _room!.Entered?.Invoke();
        EnqueueControl(greeting);
        opened.TrySetResult(true);
        foreach (var (subscription, point) in started) Announce(subscription, point);
    }

    private void FailEntry(Exception e, TaskCompletionSource<bool> opened)
    {
        FaultOf(e);
        _room!.CannotRecover();
        if (opened.TrySetResult(false)) Close(CloseCode.Normal, null);
    }

    private void Join(string channel, ChannelRule rule, TaskCompletionSource<bool> joined)
    {
        if (!_isOpen || _isClosing)
        {
            joined.SetResult(false);
            return;
        }
        if (IsSubscribed(channel))
        {
            joined.SetResult(true);
            return;
        }
        var subscription = new Subscription(this, _node.Feeds.Find(channel)?.Channel ?? channel, rule);
        Begin(
            subscription,
            null,
            point =>
            {
                subscription.Origin = point.Position;
                Announce(subscription, point);
                joined.TrySetResult(!subscription.IsEnded);
            },
            e =>
            {
                if (!subscription.IsEnded) End(subscription);
                joined.TrySetException(e);
            });
        CheckRoomCount(_subscriptions.Count);
    }

    /// <summary>More places would not surely fit into one cursor.</summary>
    private void CheckRoomCount(int count)
    {
        if (count > MostRecoverable) _room?.CannotRecover();
    }

    /// <summary>Something is missing that cannot be announced in this protocol: the client has to begin anew.</summary>
    private void BreakOff()
    {
        _room!.CannotRecover();
        Close(CloseCode.SlowConsumer, null);
    }

    /// <summary>The message with the client's places in all its rooms.</summary>
    private byte[] EncodeWithPlaces(MessageFrame message)
    {
        var subscriptions = _subscriptions.ToArray();
        var places = new List<KeyValuePair<string, Position>>(subscriptions.Length);
        foreach (var subscription in subscriptions)
            if (subscription.Sent.Epoch != default) places.Add(KeyValuePair.Create(subscription.Channel, subscription.Sent));
        return _format.Encode(message.WithCursor(Cursor.Encode(places)));
    }

    private static RoomPlace PlaceOf(Subscription subscription) =>
        new(subscription.Channel, subscription.Rule, subscription.Origin, subscription.Sent, subscription.CaughtUp, subscription.CaughtUpAt);

    /// <summary>Keeps the places for the connection that comes back.</summary>
    private void EndRooms()
    {
        if (_room is not { } room) return;
        RoomSnapshot? snapshot = null;
        if (room.Recovers)
        {
            RoomPlace[] places = [.. _subscriptions.ToArray().Select(subscription => PlaceOf(subscription))];
            // One that had not begun has no place; its channel's messages since the call to join were not promised yet.
            if (Array.TrueForAll(places, place => !place.IsNew)) snapshot = new RoomSnapshot(Lane, room.OwnChannel, places, room.Since, room.Departed, room.ForgotDepartures, room.LastOffset, room.LastPlaces);
        }
        room.Ended?.Invoke(snapshot);
    }
}
