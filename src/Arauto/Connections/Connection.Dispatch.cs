using Arauto.Auth;
using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private Queue<ClientCommand>? _waiting;
    private bool _isSuspended;
    private int _writing;
    private int _invalidFrames;
    private double _commandTokens;
    private long _commandTokensAt;

    /// <summary>Runs a command now, or after those in front of it. Commands of one connection take effect in the order sent.</summary>
    private void Accept(ClientCommand command)
    {
        if (!_isOpen || _isClosing)
        {
            Answered();
            return;
        }
        _invalidFrames = 0;
        if (_waiting is not null || MustWait(command)) (_waiting ??= new Queue<ClientCommand>()).Enqueue(command);
        else Dispatch(command);
    }

    /// <summary>
    /// Publishes follow each other without waiting for the log, which keeps their order. What could tell whether a write
    /// took effect (history, a receipt for an own message, …) waits for it.
    /// </summary>
    private bool MustWait(ClientCommand command) =>
        _isSuspended || (_writing > 0 && command is not (PublishCommand or PingCommand or TypingCommand));

    /// <summary>Ends a write, and lets go on what waited for it.</summary>
    private void Written(Action answer)
    {
        _writing--;
        answer();
        RunWaiting();
    }

    private void RunWaiting()
    {
        while (_waiting is not null && _isOpen && !_isClosing && _waiting.TryPeek(out var next) && !MustWait(next)) Dispatch(_waiting.Dequeue());
        if (_waiting is { Count: 0 }) _waiting = null;
    }

    /// <summary>The table of contents of the native protocol.</summary>
    private void Dispatch(ClientCommand command)
    {
        try
        {
            switch (command)
            {
                case PingCommand: Ping(command); break;
                case not PublishCommand when !TakeCommandToken(out var wait): Refuse(command, TooManyCommands(wait)); break;
                case AuthCommand auth: Authenticate(auth); break;
                case var _ when _identity is null: Refuse(command, new ProtocolError(ErrorCode.Unauthorized, "Authenticate first: send {\"type\":\"auth\",\"token\":\"…\"}.")); break;
                case PublishCommand publish: Publish(publish); break;
                case SubscribeCommand subscribe: Subscribe(subscribe); break;
                case UnsubscribeCommand unsubscribe: Unsubscribe(unsubscribe); break;
                case EmitCommand emit: Emit(emit); break;
                case HistoryCommand history: History(history); break;
                case PresenceCommand presence: ListPresence(presence); break;
                case TypingCommand typing: Type(typing); break;
                case ReceiptCommand receipt: Receipt(receipt); break;
                default: throw new InvalidOperationException($"No case for {command.GetType().Name}.");
            }
        }
        catch (Exception e)
        {
            Fail(command, e);
        }
    }

    /// <summary>Lets go of commands that come too late. They count as answered: the transport cannot end while it waits for answers.</summary>
    private void DropWaiting()
    {
        for (var dropped = _waiting?.Count ?? 0; dropped > 0; dropped--) Answered();
        _waiting = null;
    }

    private void Ping(ClientCommand command)
    {
        SendControl(new PongFrame { Id = command.Id });
        Answered();
    }

    /// <summary>Finds the channel's rule and checks the right, then goes on with <paramref name="then"/>: at once, or when the store has answered.</summary>
    private void Authorise<T>(T command, string channel, ChannelRight right, bool join, Action<Connection, T, ChannelRule> then)
        where T : ClientCommand
    {
        if (!_node.Rules.TryFind(channel, out var rule))
        {
            Refuse(command, ChannelRules.Unknown(channel));
            return;
        }
        var check = _node.Access.CheckAsync(_identity!, channel, rule, right, join, CancellationToken.None);
        if (check.IsCompletedSuccessfully) Decide(command, check.GetAwaiter().GetResult(), rule, then);
        else AuthoriseLater(command, channel, right, join, rule, check, then);
    }

    /// <summary>
    /// Waits for the store. A right may have gone while it answered, and the news of it past this connection: what was read
    /// is cached then, so a second look is synchronous and decides.
    /// </summary>
    private void AuthoriseLater<T>(
        T command, string channel, ChannelRight right, bool join, ChannelRule rule, ValueTask<ProtocolError?> check, Action<Connection, T, ChannelRule> then)
        where T : ClientCommand
    {
        Suspend();
        LaneCompletion<ProtocolError?>.Then(
            Lane,
            check,
            error =>
            {
                var again = error is null ? _node.Access.CheckAsync(_identity!, channel, rule, right, join, CancellationToken.None) : ValueTask.FromResult<ProtocolError?>(error);
                if (!again.IsCompletedSuccessfully)
                {
                    AuthoriseLater(command, channel, right, join, rule, again, then);
                    return;
                }
                var decided = again.GetAwaiter().GetResult();
                Resume(() => Decide(command, decided, rule, then));
            },
            e => Resume(() => Fail(command, e)));
    }

    private void Decide<T>(T command, ProtocolError? error, ChannelRule rule, Action<Connection, T, ChannelRule> then)
        where T : ClientCommand
    {
        if (error is not null) Refuse(command, error);
        else then(this, command, rule);
    }

    /// <summary>Has later commands wait, so that they cannot overtake the one that waits for the store.</summary>
    private void Suspend() => _isSuspended = true;

    private void Resume(Action first)
    {
        _isSuspended = false;
        if (!_isOpen || _isClosing)
        {
            Answered();
            return;
        }
        first();
        RunWaiting();
    }

    /// <summary>Answers a command that succeeded; one without an id wants no answer.</summary>
    private void Reply(ReplyFrame reply)
    {
        SendControl(reply);
        Answered();
    }

    private void Done(ClientCommand command)
    {
        if (command.Id is { } id) SendControl(new DoneReply { Id = id });
        Answered();
    }

    private void Refuse(ClientCommand command, ProtocolError error)
    {
        Log.Refused(_node.Logger, Id, command.GetType().Name, error.Code.Word(), error.Message);
        SendError(error, command.Id, null);
        Answered();
    }

    /// <summary>A store that is away is a state to tell; anything else is a fault of ours.</summary>
    private void Fail(ClientCommand command, Exception e)
    {
        if (e is StoreUnavailableException)
        {
            Log.StoreUnavailable(_node.Logger, Id, e.Message);
            Refuse(command, Unavailable());
            return;
        }
        Log.CommandFailed(_node.Logger, e, Id, command.GetType().Name);
        Refuse(command, new ProtocolError(ErrorCode.Internal, "The server failed on this command; its log has the details."));
    }

    private static ProtocolError Unavailable() =>
        new(ErrorCode.Unavailable, "The store cannot serve now; try again.", TimeSpan.FromSeconds(1));

    private void RefuseFrame(ProtocolError error, long? id)
    {
        Answered();
        if (!_isOpen || _isClosing) return;
        SendError(error, id, null);
        if (++_invalidFrames >= _node.Options.Limits.InvalidFrames) Close(CloseCode.PolicyViolation, null);
    }

    private void RefuseFrameType()
    {
        Answered();
        Close(CloseCode.UnsupportedData, new ProtocolError(ErrorCode.InvalidMessage, _codec.IsBinary
            ? $"{_codec.Name} is spoken in binary frames."
            : $"{_codec.Name} is spoken in text frames; for binary frames ask for the subprotocol arauto.v1.protobuf."));
    }

    /// <summary>The bucket for everything but publish and ping; kept in two fields because every connection has one.</summary>
    private bool TakeCommandToken(out TimeSpan wait)
    {
        wait = default;
        var limits = _node.Options.Limits;
        if (limits.CommandsPerSecond == 0) return true;
        var now = _node.Time.GetTimestamp();
        _commandTokens = _commandTokensAt == 0
            ? limits.CommandBurst
            : Math.Min(limits.CommandBurst, _commandTokens + _node.Time.GetElapsedTime(_commandTokensAt, now).TotalSeconds * limits.CommandsPerSecond);
        _commandTokensAt = now;
        if (_commandTokens < 1)
        {
            wait = TimeSpan.FromSeconds((1 - _commandTokens) / limits.CommandsPerSecond);
            return false;
        }
        _commandTokens--;
        return true;
    }

    private ProtocolError TooManyCommands(TimeSpan wait) =>
        new(ErrorCode.RateLimited, $"A connection may send {_node.Options.Limits.CommandsPerSecond} commands a second (limits.commandsPerSecond).", wait);
}
