namespace Arauto.Auth;

/// <summary>Keeps revocations across restarts. Safe for concurrent use; fails only with <see cref="Stores.StoreUnavailableException"/>.</summary>
public interface IRevocationStore
{
    /// <summary>Keeps a revocation; of two for the same user the later <see cref="Revocation.IssuedBefore"/> stays.</summary>
    ValueTask AddAsync(Revocation revocation, CancellationToken cancellationToken);

    /// <summary>All revocations that are still needed at <paramref name="now"/>; drops the others.</summary>
    ValueTask<IReadOnlyList<Revocation>> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
