using Arauto.Auth;

namespace Arauto.Stores.Memory;

/// <summary>Revocations in memory, behind one lock.</summary>
internal sealed class MemoryRevocationStore(int capacity) : IRevocationStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string? TokenId, string? User), Revocation> _revocations = [];

    public ValueTask AddAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        if (revocation.TokenId is null == revocation.User is null)
            throw new ArgumentException("A revocation names either a token or a user.", nameof(revocation));
        lock (_lock)
        {
            var key = (revocation.TokenId, revocation.User);
            if (_revocations.TryGetValue(key, out var old))
            {
                revocation = revocation with
                {
                    IssuedBefore = old.IssuedBefore > revocation.IssuedBefore ? old.IssuedBefore : revocation.IssuedBefore,
                    Until = old.Until > revocation.Until ? old.Until : revocation.Until,
                };
            }
            else if (_revocations.Count >= capacity)
            {
                throw new StoreUnavailableException($"The memory store holds its {capacity} revocations; raise its bound.");
            }

            _revocations[key] = revocation;
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<IReadOnlyList<Revocation>> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var (key, revocation) in _revocations)
            {
                // Removing while enumerating is allowed by Dictionary.
                if (revocation.Until <= now) _revocations.Remove(key);
            }

            return ValueTask.FromResult<IReadOnlyList<Revocation>>([.. _revocations.Values]);
        }
    }
}
