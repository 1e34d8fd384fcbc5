namespace Arauto.Limits;

/// <summary>The connections of users over all nodes. Safe for concurrent use; calls for one user take effect in the order made. Does not fail.</summary>
internal interface ISharedCounts
{
    /// <summary>Raises the number that a user has on this node, unless the user would have more than allowed on all nodes together.</summary>
    /// <param name="user">Who.</param>
    /// <param name="here">The number on this node, the new one included.</param>
    /// <param name="limit">The most over all nodes.</param>
    ValueTask<RaiseResult> TryRaiseAsync(string user, int here, int limit);

    /// <summary>Says the number that a user has on this node.</summary>
    /// <returns>Whether the others know it now; if not, it will be asked for again.</returns>
    ValueTask<bool> SetAsync(string user, int here);
}
