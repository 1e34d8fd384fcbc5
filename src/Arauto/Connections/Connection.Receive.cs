using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    /// <summary>Commands a client may have unanswered; beyond it the transport stops reading until half are done.</summary>
    private const int MaxUnanswered = 128;

    private int _unanswered;
    private TaskCompletionSource? _reader;

    /// <inheritdoc/>
    /// <remarks>Decoding happens here, on the transport's thread; the command then goes to the lane.</remarks>
    public ValueTask ReceiveAsync(ReadOnlySpan<byte> message, bool isBinary)
    {
        Heard();
        _node.Metrics.MessageReceived(message.Length);
        var unanswered = Interlocked.Increment(ref _unanswered);
        if (isBinary != _codec.IsBinary)
        {
            Lane.Post(new CommandWork(this, null, null, null, WrongFrameType: true));
            return ValueTask.CompletedTask;
        }
        _codec.TryDecodeCommand(message, out var command, out var error, out var id);
        Lane.Post(new CommandWork(this, command, error, id, WrongFrameType: false));
        return unanswered < MaxUnanswered ? ValueTask.CompletedTask : new ValueTask(WhenAnswered());
    }

    /// <inheritdoc/>
    public void Alive(TimeSpan? roundTrip)
    {
        Heard();
        if (roundTrip is { } time) _node.Metrics.RoundTripTook(time);
    }

    private void Heard() => Volatile.Write(ref _lastHeard, _node.Time.GetTimestamp());

    private Task WhenAnswered()
    {
        var reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _reader, reader);
        // The lane may have answered everything before it could see the reader.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _unanswered) < MaxUnanswered / 2 || _transport.IsClosed) ReleaseReader();
        return reader.Task;
    }

    /// <summary>Counts a command as answered, and lets the transport read on when enough are.</summary>
    private void Answered()
    {
        if (Interlocked.Decrement(ref _unanswered) < MaxUnanswered / 2) ReleaseReader();
    }

    private void ReleaseReader()
    {
        if (Volatile.Read(ref _reader) is not null) Interlocked.Exchange(ref _reader, null)?.SetResult();
    }

    /// <summary>A decoded frame on its way to the lane.</summary>
    private sealed class CommandWork(Connection connection, ClientCommand? command, ProtocolError? error, long? id, bool WrongFrameType) : LaneWork
    {
        public override void Run()
        {
            if (WrongFrameType) connection.RefuseFrameType();
            else if (command is not null) connection.Accept(command);
            else connection.RefuseFrame(error!, id);
        }
    }
}
