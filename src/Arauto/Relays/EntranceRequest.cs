using Arauto.Backplanes.Links;

namespace Arauto.Relays;

/// <summary>A request that came in here for the session of another node, until it is answered. Safe for concurrent use.</summary>
/// <param name="owner">The node with the session.</param>
/// <param name="number">Its number on this node.</param>
/// <param name="ask">What is asked.</param>
internal class EntranceRequest(NodeLink owner, ulong number, RelayAsk ask)
{
    private readonly TaskCompletionSource<RelayAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The node with the session.</summary>
    public NodeLink Owner => owner;

    /// <summary>Its number on this node.</summary>
    public ulong Number => number;

    /// <summary>The owner's answer.</summary>
    public Task<RelayAnswer> Answer => _answer.Task;

    /// <summary>Asks, when there is room on the way. So those who only pretend to have a session cannot fill it for those who have one.</summary>
    /// <returns>Whether the owner may be there.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before it was asked.</exception>
    public async ValueTask<bool> SendAsync(CancellationToken cancellationToken)
    {
        await owner.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        var isSent = owner.Send(ask.ToRecord(number));
        owner.LetInNext();
        return isSent;
    }

    /// <summary>The owner has answered.</summary>
    public void Answered(RelayAnswer answer) => _answer.TrySetResult(answer);

    /// <summary>The owner is gone, and with it the session.</summary>
    public virtual void Lost() => Answered(RelayAnswer.Unknown);

    /// <summary>This node stops: a GET is answered with nothing, so that its client comes again by another way.</summary>
    public virtual void Stop()
    {
        if (ask.Kind == RelayAskKind.Poll) Tell(RelayAskKind.Release);
    }

    /// <summary>The client is gone. One that did not wait for its WebSocket goes on as it was.</summary>
    public void Abort()
    {
        if (ask.Kind is RelayAskKind.Poll or RelayAskKind.Post) Tell(RelayAskKind.Abort);
    }

    private void Tell(RelayAskKind kind) => owner.Send(RelayAsk.Bare(kind, ask.Path, ask.Session).ToRecord(number));
}
