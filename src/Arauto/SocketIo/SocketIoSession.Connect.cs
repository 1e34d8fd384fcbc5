using System.Text.Json;
using System.Text.Json.Serialization;
using Arauto.Auth;
using Arauto.Connections;
using Arauto.EngineIo;
using Arauto.Gateways;
using Arauto.Protocol;
using Arauto.Protocols.SocketIo;
using Arauto.Transports;

namespace Arauto.SocketIo;

internal sealed partial class SocketIoSession
{
    /// <summary>How long the CONNECT of a client that polls waits for what the application says to it first: not long enough to be felt.</summary>
    private static readonly TimeSpan Greeting = TimeSpan.FromMilliseconds(100);

    private static readonly JsonSerializerOptions OwnJson = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly JsonElement NoAuth = JsonElement.Parse("{}");

    /// <summary>From now on the client has to enter a namespace in time.</summary>
    public void ExpectConnect() => _connectTimer = _server.Node.Time.CreateTimer(
        static state => ((SocketIoSession)state!).ConnectTimedOut(), this, _server.Options.ConnectTimeout, Timeout.InfiniteTimeSpan);

    private void ConnectTimedOut()
    {
        lock (_gate)
            if (_closed || _connectTimer is null) return;
        Log.ConnectTimedOut(_server.Logger, _engine.Handshake.Address);
        _engine.Close(EngineIoCloseReason.ForcedClose);
    }

    /// <summary>In order: 1 is there such a namespace, 2 who is it, 3 does it come back, 4 does the application let it in; then it enters its rooms.</summary>
    private async ValueTask ConnectAsync(SocketIoPacket packet)
    {
        var name = packet.Namespace;
        if (TryFind(name, out _))
        {
            Violate($"a second CONNECT for {name}");
            return;
        }
        if (!_server.Namespaces.TryGet(name, out var ns))
        {
            Refuse(name, "Invalid namespace", null);
            return;
        }
        try
        {
            var auth = packet.Payload.IsEmpty ? NoAuth : JsonElement.Parse(packet.Payload.Span);
            var id = SocketId.Create();
            var (identity, error) = await IdentifyAsync(auth, id).ConfigureAwait(false);
            if (identity is null) Refuse(name, error!.Message, new { code = error.Code.Word(), retry_after = error.RetryAfter?.TotalSeconds });
            else if (!await TryRecoverAsync(ns, packet.Payload, auth, identity, isAnonymous: identity.User == id).ConfigureAwait(false)) await EnterAsync(ns, packet.Payload, id, identity).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.ConnectFailed(_server.Logger, e, name);
            Refuse(name, "The server failed; its log has the details.", new { code = ErrorCode.Internal.Word() });
        }
    }

    private async ValueTask EnterAsync(SocketNamespace ns, ReadOnlyMemory<byte> payload, string id, Identity identity)
    {
        var state = NewState(ns, payload, id, identity);
        if (await AskGatewayAsync(state).ConfigureAwait(false) is { } refusal)
        {
            Refuse(ns, refusal);
            return;
        }
        if (_server.Options.Recovery) state.MakeRecoverable(SocketId.Create());
        List<RoomPlace> places = [RoomPlace.New(ns.AllChannel, ns.RuleOf(ns.AllChannel))];
        foreach (var channel in state.RoomChannels.Values.Distinct(StringComparer.Ordinal)) places.Add(RoomPlace.New(channel, ns.RuleOf(channel)));
        if (!await OpenAsync(state, places, resumed: null).ConfigureAwait(false)) Refuse(ns.Name, "The rooms cannot be entered now; try again.", new { code = ErrorCode.Unavailable.Word() });
    }

    private ValueTask<ConnectRefusal?> AskGatewayAsync(SocketState state) =>
        state.Namespace.Definition.ConnectingAsync(new ConnectContext(state.Socket, _engine.Closed));

    /// <summary>Makes the connection and puts it into its rooms; the client is told as soon as it is there, in front of everything else.</summary>
    private async ValueTask<bool> OpenAsync(SocketState state, IReadOnlyList<RoomPlace> places, Resumption? resumed)
    {
        var ns = state.Namespace;
        var node = _server.Node;
        var transport = new SocketTransport(this, ns.Name);
        var lane = resumed is null ? _server.Lanes.Place() : LaneSet.PlaceOn(resumed.Before.Lane);
        var origin = new ConnectionOrigin(_engine.Handshake.Address, CorrelationId: null, node.Time.GetTimestamp());
        var connection = new Connection(state.Id, node, lane, transport, state.RecoveryId is null ? ns.Plain : ns.Recovering, origin);
        var member = new Member(state, transport, connection);
        transport.Attach(connection);
        state.Opened(connection);
        if (state.RecoveryId is not null) _server.Recovery.Add(state);
        ns.Add(state);
        var rooms = new RoomMember(ns.Name, state.OwnChannel, recovers: state.RecoveryId is not null)
        {
            Left = state.Left,
            Entered = () => transport.IsAnnounced = true,
            Ended = snapshot => Ended(member, snapshot),
        };
        var greeting = SocketIoCodec.Encode(output => SocketIoEncoder.Connect(output, ns.Name, state.Id, state.RecoveryId));
        var opening = connection.OpenAsync(state.Identity, rooms, places, resumed, greeting);
        lock (_gate)
        {
            if (!_closed) _members[ns.Name] = member;
        }
        if (!TryFind(ns.Name, out _)) transport.End(null);
        if (!await opening.ConfigureAwait(false))
        {
            Forget(transport);
            return false;
        }
        StopConnectTimer();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await state.Inbox.AddAsync(async () =>
        {
            await ns.Definition.ConnectedAsync(state.Socket).ConfigureAwait(false);
            told.SetResult();
        }).ConfigureAwait(false);
        Volatile.Write(ref member.HasEntered, true);
        if (state.Disconnected.IsCancellationRequested) Depart(member);
        if (Kind == TransportKind.LongPolling) await CollectAsync(told.Task, lane).ConfigureAwait(false);
        return true;
    }

    /// <summary>A client that polls gets what it is greeted with in one answer, unless the application takes its time.</summary>
    private async ValueTask CollectAsync(Task told, Lane lane)
    {
        try
        {
            await told.WaitAsync(Greeting, _server.Node.Time, _engine.Closed).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return;
        }
        // The first turn has written what was emitted when the second one answers.
        for (var turn = 0; turn < 2; turn++) await LaneCall<bool>.AskAsync(lane, static () => true).ConfigureAwait(false);
    }

    /// <summary>The connection of a socket is over. On its lane.</summary>
    private void Ended(Member member, RoomSnapshot? snapshot)
    {
        var state = member.Socket;
        state.Namespace.Remove(state);
        Park(member, snapshot);
        state.End();
        if (Volatile.Read(ref member.HasEntered)) Depart(member);
    }

    /// <summary>Tells the application, once, that a socket it was told of has gone.</summary>
    private static void Depart(Member member)
    {
        var (state, reason) = (member.Socket, member.Reason);
        state.Inbox.Close(async () =>
        {
            await state.Namespace.Definition.DisconnectingAsync(state.Socket, reason).ConfigureAwait(false);
            await state.Namespace.Definition.DisconnectedAsync(state.Socket, reason).ConfigureAwait(false);
        });
    }

    /// <summary>A socket that did not come into all of its rooms; the client never heard of it.</summary>
    public void Forget(SocketTransport transport)
    {
        lock (_gate)
            if (_members.TryGetValue(transport.Namespace, out var known) && known.Transport == transport) _members.Remove(transport.Namespace);
        transport.End(null);
    }

    private void StopConnectTimer()
    {
        lock (_gate)
        {
            _connectTimer?.Dispose();
            _connectTimer = null;
        }
    }

    private SocketState NewState(SocketNamespace ns, ReadOnlyMemory<byte> payload, string id, Identity identity) =>
        new SocketState(ns, this, _server.Options, id, identity, new Handshake(_engine.Handshake, payload));

    private void Refuse(SocketNamespace ns, ConnectRefusal refusal) =>
        Refuse(ns.Name, refusal.Message, refusal.Data, ns.Definition.Options.Json);

    /// <summary>The session stays: other namespaces, and another try.</summary>
    private void Refuse(string ns, string message, object? data, JsonSerializerOptions? json = null)
    {
        Log.Refused(_server.Logger, _engine.Handshake.Address, ns, message);
        var more = data is null ? [] : JsonSerializer.SerializeToUtf8Bytes(data, data.GetType(), json ?? OwnJson);
        Outbox.Send(sender: null, [SocketIoCodec.Encode(output => SocketIoEncoder.ConnectError(output, ns, message, more))]);
    }
}
