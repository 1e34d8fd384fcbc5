using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.EngineIo;
using Arauto.Gateways;
using Arauto.Protocol;
using Arauto.Protocols.SocketIo;
using Arauto.Transports;

namespace Arauto.SocketIo;

internal sealed partial class SocketIoSession
{
    /// <summary>How long a socket whose end nobody had noticed may take to go, when its client is back already.</summary>
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(5);

    /// <summary>How long the CONNECT of a client that polls waits for what the application says to it first: not long enough to be felt.</summary>
    private static readonly TimeSpan Greeting = TimeSpan.FromMilliseconds(100);

    private static readonly JsonElement NoAuth = JsonElement.Parse("{}");

    private HashSet<string>? _users;

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

    private async ValueTask<(Identity? Identity, ProtocolError? Error)> IdentifyAsync(JsonElement auth, string id)
    {
        if (TokenOf(auth) is not { } token)
        {
            return _server.Options.AllowAnonymous
                ? (new Identity { User = id }, null)
                : (null, new ProtocolError(ErrorCode.Unauthorized, "Send a token: io(url, { auth: { token } })."));
        }
        // What is no token of ours may be one of the application's own, which its gateway checks.
        if (_server.Options.AllowAnonymous && !IsJwt(token)) return (new Identity { User = id }, null);
        var result = await _server.Node.Tokens.ValidateAsync(token, _engine.Closed).ConfigureAwait(false);
        if (!result.IsValid) return (null, result.Error);
        return TryCount(result.Identity.User) ? (result.Identity, null) : (null, Connection.TooManyConnections(_server.Node));
    }

    private string? TokenOf(JsonElement auth)
    {
        const string Scheme = "Bearer ";
        if (auth.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String) return token.GetString();
        var handshake = _engine.Handshake;
        if (handshake.FindHeader("authorization") is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return header[Scheme.Length..].Trim();
        return handshake.FindParameter("token") is { Length: > 0 } query ? query : null;
    }

    private static bool IsJwt(ReadOnlySpan<char> token) => token.Count('.') == 2;

    /// <summary>A user's session counts once, whatever the number of its namespaces.</summary>
    private bool TryCount(string user)
    {
        lock (_gate)
        {
            if (_closed || _users?.Contains(user) == true) return !_closed;
            if (!_server.Node.ConnectionCounts.TryEnter(user)) return false;
            (_users ??= new HashSet<string>(StringComparer.Ordinal)).Add(user);
            return true;
        }
    }

    private void LeaveUsers()
    {
        lock (_gate)
        {
            foreach (var user in _users ?? []) _server.Node.ConnectionCounts.Leave(user);
            _users = null;
        }
    }

    private async ValueTask<bool> TryRecoverAsync(SocketNamespace ns, ReadOnlyMemory<byte> payload, JsonElement auth, Identity identity, bool isAnonymous)
    {
        if (!_server.Options.Recovery || !TryGetText(auth, "pid", out var recoveryId)) return false;
        var user = isAnonymous ? null : identity.User;
        if (_server.Recovery.TryFindPresent(recoveryId, ns.Name, user, out var present)) await HandOverAsync(present).ConfigureAwait(false);
        if (!_server.Recovery.TryTake(recoveryId, ns.Name, user, out var away) || !await MayStillAsync(identity, away).ConfigureAwait(false)) return false;
        TryGetText(auth, "offset", out var offset);
        var places = await LaneCall<IReadOnlyList<RoomPlace>?>.AskAsync(away.Places.Lane, () => away.Places.Resolve(offset)).ConfigureAwait(false);
        if (places is null) return false;
        var state = NewState(ns, payload, away.Id, isAnonymous ? new Identity { User = away.Id } : identity);
        state.Continue(away);
        if (_server.Options.RunConnectingOnRecovery && await AskGatewayAsync(state).ConfigureAwait(false) is { } refusal)
        {
            Refuse(ns, refusal);
            return true;
        }
        if (!await OpenAsync(state, places, new Resumption(away.Places, offset, places)).ConfigureAwait(false)) return false;
        Log.Recovered(_server.Logger, state.Id, state.Identity.User, ns.Name);
        return true;
    }

    /// <summary>A right may have gone while the client was away, and nobody was there to be sent out.</summary>
    private async ValueTask<bool> MayStillAsync(Identity identity, AwaySocket away)
    {
        foreach (var place in away.Places.Places)
        {
            if (place.Rule.Subscribe != AccessRule.Members && !away.ByRight.Contains(place.Channel)) continue;
            var check = _server.Node.Access.CheckAsync(identity, place.Channel, place.Rule, ChannelRight.Subscribe, join: false, _engine.Closed);
            if (await check.ConfigureAwait(false) is not null) return false;
        }
        return true;
    }

    /// <summary>The client noticed the end of its connection earlier than we did: the old one goes, so that its places are known.</summary>
    private async ValueTask HandOverAsync(SocketState present)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = present.Disconnected.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), gone);
        await using (registration.ConfigureAwait(false))
        {
            present.Link.Close();
            try
            {
                await gone.Task.WaitAsync(Handover, _server.Node.Time, _engine.Closed).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // It is not away then, and the client begins anew.
            }
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

    private void Park(Member member, RoomSnapshot? snapshot)
    {
        var state = member.Socket;
        if (state.RecoveryId is not { } recoveryId) return;
        if (snapshot is null || member.IsOver)
        {
            _server.Recovery.Remove(state);
            return;
        }
        var time = _server.Node.Time;
        var until = time.GetTimestamp() + (long)(_server.Options.RecoveryWindow.TotalSeconds * time.TimestampFrequency);
        var user = state.IsAnonymous ? null : state.Identity.User;
        _server.Recovery.Park(state, new AwaySocket(recoveryId, state.Id, state.Namespace.Name, user, state.RoomChannels, state.ByRight, state.Data, snapshot, until));
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
        var more = data is null ? [] : JsonSerializer.SerializeToUtf8Bytes(data, data.GetType(), json ?? JsonSerializerOptions.Web);
        Outbox.Send(sender: null, [SocketIoCodec.Encode(output => SocketIoEncoder.ConnectError(output, ns, message, more))]);
    }

    private static bool TryGetText(JsonElement auth, string name, [NotNullWhen(true)] out string? text)
    {
        text = auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
