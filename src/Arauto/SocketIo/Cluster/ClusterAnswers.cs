namespace Arauto.SocketIo.Cluster;

/// <summary>What other nodes answered.</summary>
/// <param name="Answers">The answers, in no order.</param>
/// <param name="Missing">How many more were due: nodes that said nothing, and clients that did not acknowledge.</param>
internal readonly record struct ClusterAnswers(IReadOnlyList<ClusterAnswer> Answers, int Missing)
{
    /// <summary>There is nobody to answer.</summary>
    public static ClusterAnswers None { get; } = new([], 0);
}
