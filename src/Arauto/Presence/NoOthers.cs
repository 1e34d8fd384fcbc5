using Arauto.Protocol.Frames;

namespace Arauto.Presence;

/// <summary>Presence of a node that is alone.</summary>
internal sealed class NoOthers : IPresenceShare
{
    /// <inheritdoc/>
    public ValueTask<SharedPlace> SetAsync(string channel, string user, int? connections) => default;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PresentUser>?> ListAsync(string channel, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<PresentUser>?>(null);
}
