using Arauto.Gateways;
using Arauto.Stores;

namespace Arauto.SocketIo.Cluster;

/// <summary>What other nodes want of this one.</summary>
internal sealed partial class SocketCluster
{
    /// <summary>Events for servers that may wait for their handlers, which run one after the other.</summary>
    private const int MaxServerEvents = 128;

    /// <summary>Broadcasts of others whose acknowledgements this node may be collecting; further ones are not asked.</summary>
    private const int MaxRounds = 1000;

    private readonly SocketInbox _serverEvents = new(MaxServerEvents);
    private int _rounds;

    /// <summary>Handles one message. Never throws, whatever it is.</summary>
    private async ValueTask HandleAsync(string channel, ReadOnlyMemory<byte> payload)
    {
        try
        {
            // In its turn and not before: an earlier message may have put somebody into the room.
            if (_protocol.RoomOf(channel) is { } room && !_namespace.IsHeard(room)) return;
            if (!_protocol.TryDecode(channel, payload, out var message)) Log.Malformed(_logger, channel);
            else if (message is ClusterAnswer answer) Take(answer);
            else if (message is ClusterRequest request) await ExecuteAsync(request).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.NotAnswered(_logger, _namespace.Name, e.Message);
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, _namespace.Name);
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
                if (_namespace.Deliver(broadcast) is { } reason) Log.NotDelivered(_logger, _namespace.Name, reason);
                break;
            case BroadcastRequest asking:
                AskClients(asking, asking.RequestId!);
                break;
            case JoinRequest join:
                await _namespace.JoinHereAsync(join.To, join.Rooms).ConfigureAwait(false);
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
                await _serverEvents.AddAsync(() => RaiseAsync(serverEvent)).ConfigureAwait(false);
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

    private void Answer(ClusterRequest request, ClusterAnswer answer) => Send(_protocol.Encode(answer, request.Sender));

    /// <summary>Servers of the older form want to know that somebody had the socket they named.</summary>
    private void Confirm(ClusterRequest request, Recipients to)
    {
        if (request.RequestId is { } id && _namespace.Find(to).Count > 0) Answer(request, new DoneAnswer(id));
    }

    /// <summary>Its handler answers, or nobody does, which is an answer too: who asked counts them.</summary>
    private async ValueTask RaiseAsync(ServerEventRequest request)
    {
        var value = await _namespace.Definition.ServerEventAsync(request.Name, request.Arguments).ConfigureAwait(false);
        if (request.RequestId is { } id) Answer(request, new ServerEventAnswer(id, value));
    }

    /// <summary>Asks this node's sockets, without waiting for them here.</summary>
    private void AskClients(BroadcastRequest request, string id)
    {
        if (Interlocked.Increment(ref _rounds) > MaxRounds)
        {
            Interlocked.Decrement(ref _rounds);
            Log.NotAnswered(_logger, _namespace.Name, $"{MaxRounds} are waiting for their clients");
            return;
        }
        _ = AskClientsAsync(request, id);
    }

    /// <summary>First how many are asked, then what each says. Never throws.</summary>
    private async Task AskClientsAsync(BroadcastRequest request, string id)
    {
        try
        {
            var sockets = _namespace.Find(request.To).FindAll(socket => socket.CanAcknowledge);
            Answer(request, new ClientCountAnswer(id, sockets.Count));
            await Task.WhenAll(sockets.ConvertAll(socket => AskClientAsync(socket, request, id))).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, _namespace.Name);
        }
        finally
        {
            Interlocked.Decrement(ref _rounds);
        }
    }

    private async Task AskClientAsync(SocketState socket, BroadcastRequest request, string id)
    {
        try
        {
            Answer(request, new ClientAnswer(id, await socket.EmitWithAckAsync(request.Name, request.Arguments, request.Timeout ?? Timeout).ConfigureAwait(false)));
        }
        catch (Exception e) when (e is AckTimeoutException or SocketDisconnectedException)
        {
            // Whoever asked notices by its own time.
        }
    }
}
