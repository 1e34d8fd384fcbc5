namespace Arauto.Client.Commands;

/// <summary>A command that waits for the connection or for its answer.</summary>
/// <param name="id">The command's id, kept over reconnects.</param>
/// <param name="frame">The encoded command.</param>
/// <param name="resend">Whether it is sent again after a reconnect; otherwise it fails with the connection.</param>
internal sealed class PendingCommand(long id, ReadOnlyMemory<byte> frame, bool resend)
{
    /// <summary>The command's id.</summary>
    public long Id { get; } = id;

    /// <summary>The encoded command.</summary>
    public ReadOnlyMemory<byte> Frame { get; } = frame;

    /// <summary>Whether it outlives a connection.</summary>
    public bool Resend { get; } = resend;

    /// <summary>The answer. Continuations never run on the receive loop.</summary>
    public TaskCompletionSource<Answer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
