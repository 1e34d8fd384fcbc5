using Arauto.Protocol.Frames;

namespace Arauto.Presence;

/// <summary>What the nodes know together about who is where. Safe for concurrent use; calls for one channel and user take effect in the order made.</summary>
internal interface IPresenceShare
{
    /// <summary>Says with how many connections a user is in a channel on this node.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="user">Who.</param>
    /// <param name="connections">How many; 0 in the grace period, <see langword="null"/> when the user has gone.</param>
    /// <returns>What is known of the others. Does not fail.</returns>
    ValueTask<SharedPlace> SetAsync(string channel, string user, int? connections);

    /// <summary>Who is in a channel on any node, ordered by name; <see langword="null"/> if this node knows all there is to know.</summary>
    ValueTask<IReadOnlyList<PresentUser>?> ListAsync(string channel, CancellationToken cancellationToken);
}
