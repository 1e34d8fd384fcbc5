using Arauto.Auth;
using Arauto.Stores;

namespace Arauto.Tests.Auth;

/// <summary>A store of revocations that can be taken away.</summary>
internal sealed class MemoryRevocations : IRevocationStore
{
    public List<Revocation> Stored { get; } = [];

    public bool IsAway { get; set; }

    public ValueTask AddAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        if (IsAway) throw new StoreUnavailableException("away");
        lock (Stored) Stored.Add(revocation);
        return default;
    }

    public ValueTask<IReadOnlyList<Revocation>> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (Stored) return new([.. Stored.Where(revocation => revocation.Until > now)]);
    }
}
