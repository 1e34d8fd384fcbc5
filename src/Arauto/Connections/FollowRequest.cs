using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>The channels that a request named, to be followed from its start; rights are checked already.</summary>
/// <param name="Channels">1 to as many as a connection may have.</param>
/// <param name="Cursor">The client's cursor, for transports that hand one out.</param>
internal sealed record FollowRequest(IReadOnlyList<FollowedChannel> Channels, ConnectionCursor? Cursor)
{
    private readonly TaskCompletionSource<ProtocolError?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all channels have begun, with <see langword="null"/>, or when one could not, with the reason. Until then nothing is sent.</summary>
    public Task<ProtocolError?> Outcome => _outcome.Task;

    /// <summary>All have begun.</summary>
    public void Succeed() => _outcome.TrySetResult(null);

    /// <summary>One could not.</summary>
    public void Fail(ProtocolError why) => _outcome.TrySetResult(why);
}
