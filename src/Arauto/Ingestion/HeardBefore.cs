namespace Arauto.Ingestion;

/// <summary>What this node heard before it counted like the others, and what waits behind that.</summary>
/// <param name="Beginning">The beginning with which it counted like the others.</param>
/// <param name="Publications">What was heard before, with the keys that every node gives which heard it so.</param>
/// <param name="Since">When the beginning was heard, as a timestamp.</param>
internal sealed record HeardBefore(string Beginning, IReadOnlyList<Publication> Publications, long Since)
{
    /// <summary>What comes behind, in order.</summary>
    public List<IntakeStep> Behind { get; } = [];
}
