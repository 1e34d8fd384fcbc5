namespace Arauto.Presence;

/// <summary>What the nodes know together of a user in a channel.</summary>
/// <param name="IsSaid">Whether the others know it now; if not, it is said again later, and nothing is known of them.</param>
/// <param name="WasHere">Whether they took the user to be on this node before.</param>
/// <param name="IsElsewhere">Whether the user is there on another node too.</param>
internal readonly record struct SharedPlace(bool IsSaid, bool WasHere, bool IsElsewhere);
