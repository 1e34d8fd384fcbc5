using Arauto.Gateways;
using Arauto.Stores;

namespace Arauto.SocketIo.Cluster;

/// <summary>What other nodes want of this one.</summary>
internal sealed partial class SocketCluster
{
    /// <summary>Events for servers that may be with their handlers, or wait for them; further ones are not handled.</summary>
    private const int MaxServerEvents = 128;

    /// <summary>The longest that this node waits for its clients on another's behalf.</summary>
    private static readonly TimeSpan MaxRoundTime = TimeSpan.FromMinutes(10);

    /// <summary>Broadcasts of others whose acknowledgements this node may be collecting; further ones are not asked.</summary>
    private const int MaxRounds = 1000;

    private readonly SocketInbox _serverEvents = new(MaxServerEvents + 1);
    private int _raised;
    private int _rounds;

    /// <summary>Handles one message. Never throws, whatever it is.</summary>
    private async ValueTask HandleAsync(string channel, ReadOnlyMemory<byte> payload)
    {
        try
        {
            // In its turn and not before: an earlier message may have put somebody into the room.
            if (_protocol.RoomOf(channel) is { } room && !_namespace.IsHeard(room)) return;
            if (!_protocol.TryDecode(channel, payload, out var message)) _warnings.Malformed.Add(channel);
            else if (message is ClusterAnswer answer) Take(answer);
            else if (message is ClusterRequest request) await ExecuteAsync(request).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            _warnings.NotDone.Add(e.Message);
        }
        catch (Exception e)
        {
            _warnings.Failed(e);
        }
    }

    private void Take(ClusterAnswer answer)
    {
        if (_pending.TryGetValue(answer.RequestId, out var pending)) pending.Add(answer);
    }

    private async ValueTask ExecuteAsync(ClusterRequest request)
    {
        switch (request)
        {
            case BroadcastRequest { RequestId: null } broadcast:
                if (_namespace.Deliver(broadcast) is { } reason) _warnings.NotDelivered.Add(reason);
                break;
            case BroadcastRequest asking:
                AskClients(asking, asking.RequestId!);
                break;
            case JoinRequest join:
                if (await _namespace.JoinHereAsync(join.To, join.Rooms).ConfigureAwait(false) is { } failure) _warnings.NotDone.Add(failure.Message);
                Confirm(join, join.To);
                break;
            case LeaveRequest leave:
                await _namespace.LeaveHereAsync(leave.To, leave.Rooms).ConfigureAwait(false);
                Confirm(leave, leave.To);
                break;
            case DisconnectRequest disconnect:
                Confirm(disconnect, disconnect.To);
                _namespace.DisconnectHere(disconnect.To, disconnect.Close);
                break;
            case ServerEventRequest serverEvent:
                await RaiseAsync(serverEvent).ConfigureAwait(false);
                break;
            case SocketsRequest { RequestId: { } id } sockets:
                Answer(sockets, new SocketsAnswer(id, _namespace.Find(sockets.To).ConvertAll(_namespace.Describe)));
                break;
            case SocketIdsRequest { RequestId: { } id } ids:
                Answer(ids, new SocketIdsAnswer(id, _namespace.Find(ids.To).ConvertAll(socket => socket.Id)));
                break;
            case RoomsRequest { RequestId: { } id } rooms:
                Answer(rooms, new RoomsAnswer(id, [.. _namespace.Find(Recipients.All).SelectMany(socket => socket.Rooms).Distinct(StringComparer.Ordinal)]));
                break;
        }
    }

    private void Answer(ClusterRequest request, ClusterAnswer answer)
    {
        var command = _protocol.Encode(answer, request.Sender);
        if (SizeOf(command) <= PeerText.MaxBytes) Send(command);
        else _warnings.NotDone.Add($"the answer, {answer.GetType().Name}, has {SizeOf(command)} bytes, and servers take {PeerText.MaxBytes}");
    }

    /// <summary>Servers of the older form want to know that somebody had the socket they named.</summary>
    private void Confirm(ClusterRequest request, Recipients to)
    {
        if (request.RequestId is { } id && _namespace.Find(to).Count > 0) Answer(request, new DoneAnswer(id));
    }

    /// <summary>Begins with a server event behind the earlier ones, without waiting until they are done: one handler may wait for what another server's handler answers.</summary>
    private ValueTask RaiseAsync(ServerEventRequest request)
    {
        if (Interlocked.Increment(ref _raised) > MaxServerEvents)
        {
            Interlocked.Decrement(ref _raised);
            _warnings.NotDone.Add($"{MaxServerEvents} server events are with their handlers");
            return ValueTask.CompletedTask;
        }
        return _serverEvents.AddAsync(() =>
        {
            _ = RunAsync(request);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Its handler answers, or nobody does, which is an answer too: who asked counts them. Never throws.</summary>
    private async Task RunAsync(ServerEventRequest request)
    {
        try
        {
            var value = await _namespace.Definition.ServerEventAsync(request.Name, request.Arguments).ConfigureAwait(false);
            if (request.RequestId is { } id) Answer(request, new ServerEventAnswer(id, value));
        }
        catch (Exception e)
        {
            _warnings.Failed(e);
        }
        finally
        {
            Interlocked.Decrement(ref _raised);
        }
    }

    /// <summary>Asks this node's sockets, without waiting for them here.</summary>
    private void AskClients(BroadcastRequest request, string id)
    {
        if (_namespace.Refuse(request) is { } reason)
        {
            _warnings.NotDelivered.Add(reason);
            Answer(request, new ClientCountAnswer(id, 0));
            return;
        }
        if (Interlocked.Increment(ref _rounds) > MaxRounds)
        {
            Interlocked.Decrement(ref _rounds);
            _warnings.NotDone.Add($"{MaxRounds} are waiting for their clients");
            return;
        }
        _ = AskClientsAsync(request, id);
    }

    /// <summary>First how many are asked, then what each says. Never throws.</summary>
    private async Task AskClientsAsync(BroadcastRequest request, string id)
    {
        try
        {
            var sockets = _namespace.FindAcknowledging(request.To);
            Answer(request, new ClientCountAnswer(id, sockets.Count));
            await Task.WhenAll(sockets.ConvertAll(socket => AskClientAsync(socket, request, id))).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _warnings.Failed(e);
        }
        finally
        {
            Interlocked.Decrement(ref _rounds);
        }
    }

    private async Task AskClientAsync(SocketState socket, BroadcastRequest request, string id)
    {
        var wait = request.Timeout ?? Timeout;
        try
        {
            Answer(request, new ClientAnswer(id, await socket.EmitWithAckAsync(request.Name, request.Arguments, wait < MaxRoundTime ? wait : MaxRoundTime).ConfigureAwait(false)));
        }
        catch (Exception e) when (e is AckTimeoutException or SocketDisconnectedException)
        {
            // Whoever asked notices by its own time.
        }
    }
}
