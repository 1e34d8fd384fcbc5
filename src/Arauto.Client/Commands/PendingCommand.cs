using Arauto.Protocol.Frames;

namespace Arauto.Client.Commands;

/// <summary>A command that waits for the connection or for its answer.</summary>
/// <param name="id">The command's id, kept over reconnects.</param>
/// <param name="command">The command.</param>
/// <param name="resend">Whether it is sent again after a reconnect; otherwise it fails with the connection.</param>
internal sealed class PendingCommand(long id, ClientCommand command, bool resend)
{
    // 0 is "not sent": a clock's timestamps are far from it.
    private long _sentAt;

    /// <summary>The command's id.</summary>
    public long Id { get; } = id;

    /// <summary>The command.</summary>
    public ClientCommand Command { get; } = command;

    /// <summary>Whether it outlives a connection.</summary>
    public bool Resend { get; } = resend;

    /// <summary>The answer. Continuations never run on the receive loop.</summary>
    public TaskCompletionSource<Answer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the present connection took it; <see langword="null"/> while it waits for one.</summary>
    public long? SentAt => Volatile.Read(ref _sentAt) is var at and not 0 ? at : null;

    /// <summary>A connection takes it.</summary>
    public void MarkSent(long timestamp) => Volatile.Write(ref _sentAt, timestamp);

    /// <summary>The connection is gone.</summary>
    public void MarkUnsent() => Volatile.Write(ref _sentAt, 0);
}
