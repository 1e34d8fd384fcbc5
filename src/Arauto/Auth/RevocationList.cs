using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Arauto.Auth;

/// <summary>The revocations in force on this node. Safe for concurrent use; <see cref="IsRevoked"/> is two dictionary look-ups.</summary>
/// <remarks>Bounded: at <c>capacity</c> the entry that would end first goes, with a line at Error.</remarks>
internal sealed partial class RevocationList(IRevocationStore store, TimeProvider time, ILogger<RevocationList> logger, int capacity = RevocationList.DefaultCapacity)
{
    /// <summary>For how long a revocation is remembered, and so the longest life of a token that is safe to issue.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>The most entries, users and token ids together.</summary>
    public const int DefaultCapacity = 1_000_000;

    private readonly ConcurrentDictionary<string, Revocation> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Revocation> _tokens = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Revocation, DateTimeOffset> _byEnd = new();
    private readonly Lock _gate = new();

    /// <summary>Raised after a revocation came into force here, on the thread that brought it, so that live connections can be closed. Handlers must be quick and not throw.</summary>
    public event Action<Revocation>? Revoked;

    /// <summary>Raised after a revocation was asked for on this node, so that others can be told. Handlers must be quick and not throw.</summary>
    public event Action<Revocation>? RevokedHere;

    /// <summary>How many entries are held.</summary>
    public int Count => _users.Count + _tokens.Count;

    /// <summary>Takes in what the store has. Called once, before the node serves.</summary>
    /// <exception cref="Stores.StoreUnavailableException">The store cannot serve.</exception>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var revocation in await store.LoadAsync(time.GetUtcNow(), cancellationToken).ConfigureAwait(false)) Keep(revocation);
        Log.Loaded(logger, Count);
    }

    /// <summary>Takes in what the store has, and ends what is revoked by it: for a node that may have missed what others said.</summary>
    /// <exception cref="Stores.StoreUnavailableException">The store cannot serve.</exception>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken)
    {
        foreach (var revocation in await store.LoadAsync(time.GetUtcNow(), cancellationToken).ConfigureAwait(false)) Apply(revocation);
    }

    /// <summary>Revokes all tokens of a user that were issued up to <paramref name="issuedBefore"/>, or up to now.</summary>
    /// <exception cref="Stores.StoreUnavailableException">It is in force on this node, but would be lost by a restart; repeat it.</exception>
    public ValueTask<Revocation> RevokeUserAsync(string user, DateTimeOffset? issuedBefore, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = issuedBefore ?? now;
        var start = before > now ? before : now;
        var until = DateTimeOffset.MaxValue - start > Kept ? start + Kept : DateTimeOffset.MaxValue;
        return ApplyAndStoreAsync(new Revocation(null, user, before, until), cancellationToken);
    }

    /// <summary>Revokes one token by its claim <c>jti</c>.</summary>
    /// <exception cref="Stores.StoreUnavailableException">It is in force on this node, but would be lost by a restart; repeat it.</exception>
    public ValueTask<Revocation> RevokeTokenAsync(string tokenId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return ApplyAndStoreAsync(new Revocation(tokenId, null, now, now + Kept), cancellationToken);
    }

    /// <summary>Brings a revocation into force that is stored already, such as another node's.</summary>
    public void Apply(Revocation revocation)
    {
        if (Keep(revocation)) Revoked?.Invoke(revocation);
    }

    /// <summary>Whether the token is revoked. One without <c>iat</c> counts as issued at the beginning of time.</summary>
    public bool IsRevoked(Identity identity)
    {
        if (_users.TryGetValue(identity.User, out var user) && (identity.IssuedAt ?? DateTimeOffset.MinValue) <= user.IssuedBefore) return true;
        return identity.TokenId is { } id && _tokens.ContainsKey(id);
    }

    private async ValueTask<Revocation> ApplyAndStoreAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        // In force before it is stored: with a store that is away it must still end what it is meant to end.
        Apply(revocation);
        RevokedHere?.Invoke(revocation);
        Log.Revoked(logger, revocation.User, revocation.TokenId, revocation.IssuedBefore);
        await store.AddAsync(revocation, cancellationToken).ConfigureAwait(false);
        return revocation;
    }

    /// <returns>Whether it says more than what was known.</returns>
    private bool Keep(Revocation revocation)
    {
        lock (_gate)
        {
            var (table, key) = revocation.User is { } user ? (_users, user) : (_tokens, revocation.TokenId!);
            if (table.TryGetValue(key, out var known) && known.IssuedBefore >= revocation.IssuedBefore) return false;
            table[key] = revocation;
            _byEnd.Enqueue(revocation, revocation.Until);
            Trim();
            return true;
        }
    }

    private void Trim()
    {
        var now = time.GetUtcNow();
        var dropped = 0;
        while (_byEnd.TryPeek(out var first, out var until) && (until <= now || Count > capacity))
        {
            _byEnd.Dequeue();
            var (table, key) = first.User is { } user ? (_users, user) : (_tokens, first.TokenId!);
            if (table.TryRemove(KeyValuePair.Create(key, first)) && until > now) dropped++;
        }
        if (dropped > 0) Log.Dropped(logger, dropped, capacity);
        // Entries that a later one replaced are still in the queue; without this a user revoked again and again would fill it.
        if (_byEnd.Count > 1000 && _byEnd.Count > 2L * Count)
        {
            _byEnd.Clear();
            _byEnd.EnqueueRange(_users.Values.Concat(_tokens.Values).Select(revocation => (revocation, revocation.Until)));
        }
    }
}
