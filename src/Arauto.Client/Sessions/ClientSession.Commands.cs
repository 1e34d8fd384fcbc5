using Arauto.Client.Commands;
using Arauto.Client.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <content>Commands that get an answer, and those that want none.</content>
internal sealed partial class ClientSession
{
    /// <summary>Sends a command, now or once connected, and waits for its answer.</summary>
    /// <param name="make">Makes the command with its id.</param>
    /// <param name="resend">Whether to send it again after a reconnect.</param>
    /// <param name="cancellationToken">Gives up waiting; what was sent may still take effect.</param>
    /// <exception cref="ArautoException">The server refused, or the session is closed.</exception>
    public async Task<Answer> RequestAsync(Func<long, ClientCommand> make, bool resend, CancellationToken cancellationToken)
    {
        await TakeSlotAsync(cancellationToken).ConfigureAwait(false);
        PendingCommand? command = null;
        try
        {
            command = Register(make, resend);
            Start();
            using (cancellationToken.UnsafeRegister(static (waiting, token) => ((PendingCommand)waiting!).Answer.TrySetCanceled(token), command))
                return await command.Answer.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                if (command is not null) _pending.Remove(command.Id);
            _slots.Release();
        }
    }

    /// <summary>Sends a frame that nobody misses; without a connection it is dropped.</summary>
    public void SendEphemeral(Func<long, ClientCommand> make)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _link?.PostEphemeral(CommandBytes.Of(_codec, make(++_lastId)));
        }
        Start();
    }

    private PendingCommand Register(Func<long, ClientCommand> make, bool resend)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            var id = ++_lastId;
            var command = new PendingCommand(id, CommandBytes.Of(_codec, make(id)), resend);
            _pending.Add(id, command);
            _link?.Post(command.Frame);
            return command;
        }
    }

    private async ValueTask TakeSlotAsync(CancellationToken cancellationToken)
    {
        if (_options.PendingLimitPolicy == PendingLimitPolicy.Wait)
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        else if (!await _slots.WaitAsync(0, cancellationToken).ConfigureAwait(false))
            throw ArautoException.Of(ErrorCode.Unavailable, $"{_options.MaxPendingCommands} commands wait for the server already (MaxPendingCommands).");
    }

    private void ThrowIfClosed()
    {
        switch (_closed)
        {
            case null: return;
            case ArautoException reason: throw new ArautoException(reason.Code, reason.Message, reason.RetryAfter, reason);
            default: throw new ObjectDisposedException(nameof(ArautoClient));
        }
    }

    private void Complete(long? id, ServerFrame frame, ReadOnlySpan<byte> bytes)
    {
        if (id is not { } known) return;
        PendingCommand? command;
        lock (_gate) _pending.TryGetValue(known, out command);
        command?.Answer.TrySetResult(new Answer(frame, frame is PublishReply ? bytes.ToArray() : default));
    }
}
