using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Arauto.Connections;
using Arauto.Gateways;
using Arauto.Gateways.Arguments;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.SocketIo;

/// <summary>
/// Clients of the native protocol that call events. With its first event for a gateway a client enters that namespace: it is
/// a <see cref="Socket"/> there until its connection ends, and hears what is emitted to it as messages.
/// </summary>
internal sealed class NativeCaller(SocketNamespaces namespaces) : IEventCaller
{
    private static readonly SocketIoOptions Options = new();

    private readonly ConditionalWeakTable<Connection, Caller> _callers = [];

    /// <inheritdoc/>
    public async ValueTask<EventAnswer> CallAsync(Connection connection, EmitCommand command)
    {
        // Off the lane: what follows is the application's code.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (!namespaces.TryGet(command.Gateway, out var ns)) return Failed(ErrorCode.NotFound, $"There is no gateway \"{command.Gateway}\".");
        var caller = _callers.GetValue(connection, CreateCaller);
        var (state, refusal) = await caller.EnterAsync(ns).ConfigureAwait(false);
        if (state is null) return Failed(ErrorCode.Forbidden, refusal!.Message);
        if (!ns.Definition.Has(command.Event)) return Failed(ErrorCode.NotFound, $"The gateway \"{command.Gateway}\" has no event \"{command.Event}\".");
        var answer = new TaskCompletionSource<EventAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        await state.Inbox.AddAsync(async () => answer.SetResult(await RunAsync(state, command).ConfigureAwait(false))).ConfigureAwait(false);
        return await Task.WhenAny(answer.Task, caller.Gone).ConfigureAwait(false) == answer.Task
            ? await answer.Task.ConfigureAwait(false)
            : Failed(ErrorCode.Unavailable, "The connection is over.");
    }

    private static Caller CreateCaller(Connection connection)
    {
        var caller = new Caller(connection);
        connection.Attend(new RoomMember(ns: null, ownChannel: "", recovers: false) { Left = caller.Left, Ended = _ => caller.End() });
        return caller;
    }

    private static async ValueTask<EventAnswer> RunAsync(SocketState state, EmitCommand command)
    {
        EventArguments? acknowledged = null;
        var outcome = await state.Namespace.Definition.HandleAsync(
            state.Socket,
            command.Event,
            EventArguments.Parse(command.Data),
            arguments =>
            {
                acknowledged = arguments;
                return ValueTask.CompletedTask;
            },
            state.Disconnected).ConfigureAwait(false);
        if (outcome.Failure is { } failure) return new EventAnswer(default, failure.Code, failure.Message, failure.RetryAfter);
        return new EventAnswer((outcome.Acknowledgement ?? acknowledged ?? EventArguments.Empty).ToInlineJson());
    }

    private static EventAnswer Failed(ErrorCode code, string message) => new(default, code.Word(), message);

    /// <summary>One client with its sockets, at most one in each namespace.</summary>
    private sealed class Caller(Connection connection)
    {
        private readonly ConcurrentDictionary<string, Task<(SocketState?, ConnectRefusal?)>> _sockets = new(StringComparer.Ordinal);
        private readonly ConcurrentBag<SocketState> _entered = [];
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly NativeLink _link = new(connection);

        public Task Gone => _gone.Task;

        public async ValueTask<(SocketState?, ConnectRefusal?)> EnterAsync(SocketNamespace ns)
        {
            var entering = new TaskCompletionSource<(SocketState?, ConnectRefusal?)>(TaskCreationOptions.RunContinuationsAsynchronously);
            var entered = _sockets.GetOrAdd(ns.Name, entering.Task);
            if (entered == entering.Task) await OpenAsync(ns, entering).ConfigureAwait(false);
            return await entered.ConfigureAwait(false);
        }

        public void Left(string channel)
        {
            foreach (var state in _entered) state.Left(channel);
        }

        public void End()
        {
            _gone.TrySetResult();
            foreach (var state in _entered)
            {
                state.Namespace.Remove(state);
                state.End();
                state.Inbox.Close(async () =>
                {
                    await state.Namespace.Definition.DisconnectingAsync(state.Socket, "transport close").ConfigureAwait(false);
                    await state.Namespace.Definition.DisconnectedAsync(state.Socket, "transport close").ConfigureAwait(false);
                });
            }
        }

        /// <summary>Whatever comes of it, who waits for it is told; and one that was not let in may try again.</summary>
        private async Task OpenAsync(SocketNamespace ns, TaskCompletionSource<(SocketState?, ConnectRefusal?)> entering)
        {
            try
            {
                var result = await OpenAsync(ns).ConfigureAwait(false);
                if (result.Item1 is null) _sockets.TryRemove(KeyValuePair.Create(ns.Name, entering.Task));
                entering.SetResult(result);
            }
            catch (Exception e)
            {
                _sockets.TryRemove(KeyValuePair.Create(ns.Name, entering.Task));
                entering.SetException(e);
            }
        }

        private async Task<(SocketState?, ConnectRefusal?)> OpenAsync(SocketNamespace ns)
        {
            try
            {
                var state = new SocketState(ns, _link, Options, SocketId.Create(), connection.Identity!, new Handshake(connection.Origin.Address, connection.OpenedAt, new HandshakePicture("/ws")));
                if (await ns.Definition.ConnectingAsync(new ConnectContext(state.Socket, CancellationToken.None)).ConfigureAwait(false) is { } refusal) return (null, refusal);
                state.Opened(connection);
                foreach (var channel in state.RoomChannels.Values.Append(ns.AllChannel).Distinct(StringComparer.Ordinal))
                    if (!await connection.JoinAsync(channel, ns.RuleOf(channel)).ConfigureAwait(false)) return (null, new ConnectRefusal("The connection is over."));
                ns.Add(state);
                _entered.Add(state);
                await state.Inbox.AddAsync(() => ns.Definition.ConnectedAsync(state.Socket)).ConfigureAwait(false);
                if (_gone.Task.IsCompleted) End();
                return (state, null);
            }
            catch (Exception e) when (e is Stores.StoreUnavailableException or InvalidOperationException)
            {
                return (null, new ConnectRefusal(e.Message));
            }
        }
    }
}
