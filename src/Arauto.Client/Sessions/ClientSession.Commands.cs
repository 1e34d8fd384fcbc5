using Arauto.Client.Commands;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <content>Commands that get an answer, and those that want none.</content>
internal sealed partial class ClientSession
{
    /// <summary>Sends a command, now or once connected, and waits for its answer.</summary>
    /// <param name="make">Makes the command with its id.</param>
    /// <param name="resend">Whether to send it again after a reconnect.</param>
    /// <param name="answerWithin">The time from its sending after which it fails as <c>unavailable</c>; waiting for a connection does not count.</param>
    /// <param name="cancellationToken">Gives up waiting; what was sent may still take effect.</param>
    /// <exception cref="ArautoException">The server refused or did not answer, or the session is closed.</exception>
    public async Task<Answer> RequestAsync(Func<long, ClientCommand> make, bool resend, TimeSpan? answerWithin = null, CancellationToken cancellationToken = default)
    {
        await TakeSlotAsync(cancellationToken).ConfigureAwait(false);
        PendingCommand? command = null;
        try
        {
            command = Register(make, resend);
            Start();
            using (cancellationToken.UnsafeRegister(static (waiting, token) => ((PendingCommand)waiting!).Answer.TrySetCanceled(token), command))
                return answerWithin is { } limit ? await WaitAsync(command, limit).ConfigureAwait(false) : await command.Answer.Task.ConfigureAwait(false);
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
            _link?.PostEphemeral(make(++_lastId));
        }
        Start();
    }

    private async Task<Answer> WaitAsync(PendingCommand command, TimeSpan limit)
    {
        while (true)
        {
            var left = command.SentAt is { } at ? limit - _time.GetElapsedTime(at) : limit;
            if (left <= TimeSpan.Zero) throw ArautoException.Of(ErrorCode.Unavailable, $"The server did not answer within {limit.TotalSeconds:0.#} s.");
            try
            {
                return await command.Answer.Task.WaitAsync(left, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // It may have been sent later than the wait began; the rest of its time is waited for.
            }
        }
    }

    private PendingCommand Register(Func<long, ClientCommand> make, bool resend)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            var id = ++_lastId;
            var command = new PendingCommand(id, make(id), resend);
            _pending.Add(id, command);
            _link?.Post(command);
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
