using Arauto.Protocol;

namespace Arauto.Transports.LongPolling;

/// <summary>One poll: takes the frames of the first write that there is, and nothing after it. The rest comes with the next poll, from the log.</summary>
internal sealed class LongPollingTransport(Framing framing) : ITransport
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.LongPolling;

    /// <inheritdoc/>
    public Framing Framing => framing;

    /// <inheritdoc/>
    public bool HearsPeer => false;

    /// <inheritdoc/>
    public bool IsClosed => _answered.Task.IsCompleted;

    /// <summary>Completes when the answer is to be given.</summary>
    public Task Answered => _answered.Task;

    /// <summary>The frames of the answer, each with its mark (<see cref="PollFraming"/>); to be read once <see cref="Answered"/> has completed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Frames { get; private set; } = [];

    /// <inheritdoc/>
    /// <returns>Always <see langword="false"/>, and the sending never completes: one write is all that a poll takes.</returns>
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        if (IsClosed) return false;
        Frames = frames.ToArray();
        _answered.TrySetResult();
        return false;
    }

    /// <summary>Nothing: a poll does not last long enough.</summary>
    public void Ping()
    {
    }

    /// <inheritdoc/>
    public void Close(CloseCode code, string reason) => _answered.TrySetResult();
}
