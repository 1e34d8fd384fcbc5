using System.Runtime.ExceptionServices;
using Arauto.Gateways;
using Arauto.SocketIo.Cluster;
using Arauto.Stores;

namespace Arauto.SocketIo;

/// <summary>What concerns sockets of all nodes, and what other nodes want of the sockets here.</summary>
internal sealed partial class SocketNamespace
{
    /// <summary>How long clients of other nodes may take to acknowledge when the call does not say: as <see cref="SocketIoOptions.AckTimeout"/> without a word.</summary>
    private static readonly TimeSpan AckTimeout = new SocketIoOptions().AckTimeout;

    /// <summary>The other nodes.</summary>
    public ISocketCluster Cluster { get; }

    /// <summary>Whether anybody here hears a room.</summary>
    public bool IsHeard(string room) => _node.Feeds.Find(ChannelOf(room)) is not null;

    /// <summary>The sockets of this node.</summary>
    public List<SocketState> Find(Recipients to) => Find(to.Rooms, to.Except);

    /// <summary>Those of them that can acknowledge; clients of the native protocol cannot.</summary>
    public List<SocketState> FindAcknowledging(Recipients to) => Find(to).FindAll(socket => socket.CanAcknowledge);

    /// <summary>A socket as other nodes are told of it.</summary>
    public PeerSocket Describe(SocketState socket) => PeerSocket.Of(socket, Definition.Options.Json);

    /// <summary>Delivers an event of another server to the sockets here. It has no place in a log, since that server gave it none.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    public string? Deliver(BroadcastRequest request)
    {
        if (Refuse(request) is { } reason) return reason;
        var data = Protocols.SocketIo.MessageArguments.DataOf(request.Arguments);
        var emission = new Emission(request.Name, request.Arguments, ChannelsOf(request.To.Rooms), RoomChannelsOf(request.To.Except), request.Flags | EmitFlags.Local);
        EmitEphemeral(emission, data, EnvelopeOf(emission));
        return null;
    }

    /// <summary>Why an event of another server is not taken, or <see langword="null"/>.</summary>
    public string? Refuse(BroadcastRequest request) => FindExcess(request.Name, request.Arguments, request.To.Rooms.Count, request.To.Except.Count)?.Message;

    /// <summary>Emits an event to each of some sockets and waits for their answers.</summary>
    public async Task<IReadOnlyList<EventArguments>> EmitWithAckAsync(string name, EventArguments arguments, Recipients to, EmitFlags flags, TimeSpan? timeout)
    {
        if (FindExcess(name, arguments, to.Rooms.Count, to.Except.Count) is { } excess) throw new EmitRefusedException(excess);
        var wait = timeout ?? AckTimeout;
        var elsewhere = AskAsync(new BroadcastRequest(name, arguments, to, flags) { Timeout = wait }, flags, wait);
        var (answers, late) = await EmitWithAckHereAsync(name, arguments, FindAcknowledging(to), timeout).ConfigureAwait(false);
        var (others, missing) = await elsewhere.ConfigureAwait(false);
        answers.AddRange(others.OfType<ClientAnswer>().Select(answer => answer.Value));
        return late.Count + missing == 0 ? answers : throw new AckTimeoutException(name, late.Count > 0 ? late[0].Timeout : wait, answers, late.Count + missing);
    }

    /// <summary>Puts sockets into rooms. What one of them cannot do stops neither the others nor other nodes.</summary>
    public async ValueTask JoinAsync(Recipients to, IReadOnlyList<string> rooms, EmitFlags flags)
    {
        var failure = await JoinHereAsync(to, rooms).ConfigureAwait(false);
        try
        {
            await TellAsync(new JoinRequest(to, rooms), flags).ConfigureAwait(false);
        }
        catch (ClusterUnavailableException) when (failure is not null)
        {
            // It says that all is done here, which is not so.
        }
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Puts sockets of this node into rooms.</summary>
    /// <returns>Why the first that could not enter one could not, or <see langword="null"/>.</returns>
    public async ValueTask<Exception?> JoinHereAsync(Recipients to, IReadOnlyList<string> rooms)
    {
        Exception? failure = null;
        foreach (var socket in Find(to))
        {
            foreach (var room in rooms)
            {
                try
                {
                    await socket.JoinAsync(room).ConfigureAwait(false);
                }
                catch (SocketDisconnectedException)
                {
                    // Gone since it was found.
                    break;
                }
                catch (Exception e) when (e is InvalidOperationException or ArgumentException or StoreUnavailableException)
                {
                    failure ??= e;
                }
            }
        }
        return failure;
    }

    /// <summary>Takes sockets out of rooms.</summary>
    public async ValueTask LeaveAsync(Recipients to, IReadOnlyList<string> rooms, EmitFlags flags)
    {
        await LeaveHereAsync(to, rooms).ConfigureAwait(false);
        await TellAsync(new LeaveRequest(to, rooms), flags).ConfigureAwait(false);
    }

    /// <summary>Takes sockets of this node out of rooms.</summary>
    public async ValueTask LeaveHereAsync(Recipients to, IReadOnlyList<string> rooms)
    {
        foreach (var socket in Find(to))
            foreach (var room in rooms.Where(socket.IsIn)) await socket.LeaveAsync(room).ConfigureAwait(false);
    }

    /// <summary>Ends sockets.</summary>
    public ValueTask DisconnectAsync(Recipients to, bool closeConnection, EmitFlags flags)
    {
        DisconnectHere(to, closeConnection);
        return TellAsync(new DisconnectRequest(to, closeConnection), flags);
    }

    /// <summary>Ends sockets of this node.</summary>
    public void DisconnectHere(Recipients to, bool closeConnection)
    {
        foreach (var socket in Find(to)) socket.Disconnect(closeConnection);
    }

    /// <summary>The sockets, as they are now.</summary>
    public async Task<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(Recipients to, EmitFlags flags)
    {
        var found = Find(to).ConvertAll(socket => new RemoteSocket(this, socket.Socket));
        var (answers, missing) = await AskAsync(new SocketsRequest(to), flags, Cluster.Timeout).ConfigureAwait(false);
        found.AddRange(answers.OfType<SocketsAnswer>().SelectMany(answer => answer.Sockets).Select(socket => new RemoteSocket(this, socket)));
        return missing == 0 ? found : throw new ClusterTimeoutException(Cluster.Timeout, found, missing);
    }

    /// <summary>Raises an event for servers, here and elsewhere.</summary>
    public async ValueTask ServerSideEmitAsync(string name, EventArguments arguments)
    {
        await Definition.ServerEventAsync(name, arguments).ConfigureAwait(false);
        await Cluster.TellAsync(new ServerEventRequest(name, arguments)).ConfigureAwait(false);
    }

    /// <summary>Raises an event for servers and collects what each answers, this node's first.</summary>
    public async Task<IReadOnlyList<EventArguments>> ServerSideEmitWithAckAsync(string name, EventArguments arguments)
    {
        var elsewhere = Cluster.AskAsync(new ServerEventRequest(name, arguments), Cluster.Timeout);
        var answers = new List<EventArguments> { await Definition.ServerEventAsync(name, arguments).ConfigureAwait(false) };
        var (others, missing) = await elsewhere.ConfigureAwait(false);
        answers.AddRange(others.OfType<ServerEventAnswer>().Select(answer => answer.Value));
        return missing == 0 ? answers : throw new AckTimeoutException(name, Cluster.Timeout, answers, missing);
    }

    private ValueTask TellAsync(ClusterRequest request, EmitFlags flags) => (flags & EmitFlags.Local) != 0 ? ValueTask.CompletedTask : Cluster.TellAsync(request);

    private Task<ClusterAnswers> AskAsync(ClusterRequest request, EmitFlags flags, TimeSpan timeout) =>
        (flags & EmitFlags.Local) != 0 ? Task.FromResult(ClusterAnswers.None) : Cluster.AskAsync(request, timeout);

    private static async Task<(List<EventArguments> Answers, List<AckTimeoutException> Late)> EmitWithAckHereAsync(
        string name, EventArguments arguments, List<SocketState> sockets, TimeSpan? timeout)
    {
        var answers = new List<EventArguments>(sockets.Count);
        var late = new List<AckTimeoutException>();
        foreach (var answer in sockets.ConvertAll(socket => socket.EmitWithAckAsync(name, arguments, timeout)))
        {
            try
            {
                answers.Add(await answer.ConfigureAwait(false));
            }
            catch (AckTimeoutException e)
            {
                late.Add(e);
            }
            catch (SocketDisconnectedException)
            {
                // Who has gone is not in the room any more, so nothing of it is missing.
            }
        }
        return (answers, late);
    }
}
