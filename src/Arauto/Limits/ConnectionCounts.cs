using System.Collections.Concurrent;

namespace Arauto.Limits;

/// <summary>How many connections each user holds; exact under concurrency, and over all nodes where they share their counts. Users without connections cost nothing.</summary>
/// <param name="limit">The most connections of one user; 0 counts without a limit.</param>
/// <param name="shared">The counts of all nodes; <see langword="null"/> if there is only this one.</param>
internal sealed class ConnectionCounts(int limit, ISharedCounts? shared = null)
{
    /// <summary>How many are said again at once: more would fill the queue of commands.</summary>
    private const int MaxAtOnce = 500;

    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Held while a count changes and the change is handed over, so that both happen in the same order.</summary>
    private readonly Lock[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    /// <summary>How many users hold a connection on this node.</summary>
    public int Users => _counts.Count;

    /// <summary>How many connections the user holds on this node.</summary>
    public int this[string user] => _counts.GetValueOrDefault(user);

    /// <summary>Counts one more connection, unless the user is at the limit. Each success is followed by one <see cref="Leave"/>.</summary>
    public ValueTask<bool> TryEnterAsync(string user)
    {
        ValueTask<RaiseResult> raised;
        lock (GateOf(user))
        {
            var count = this[user];
            if (limit > 0 && count >= limit) return ValueTask.FromResult(false);
            _counts[user] = count + 1;
            if (shared is null || limit == 0) return ValueTask.FromResult(true);
            raised = shared.TryRaiseAsync(user, count + 1, limit);
        }
        return FinishAsync(shared, user, raised);
    }

    /// <summary>Counts one connection less.</summary>
    /// <exception cref="InvalidOperationException">The user holds none: a fault of the caller.</exception>
    public void Leave(string user)
    {
        lock (GateOf(user))
        {
            if (!_counts.TryGetValue(user, out var count)) throw new InvalidOperationException("A connection left that never entered.");
            if (count == 1) _counts.TryRemove(user, out _);
            else _counts[user] = count - 1;
            if (limit > 0 && shared is not null) Forget(shared.SetAsync(user, count - 1));
        }
    }

    /// <summary>Says all counts again to the other nodes.</summary>
    /// <returns>Whether they know them now.</returns>
    public Task<bool> ShareAgainAsync() => ShareAgainAsync(_counts.Keys);

    /// <summary>Says the counts of some users again to the other nodes, as they are now.</summary>
    /// <returns>Whether they know them now.</returns>
    public async Task<bool> ShareAgainAsync(IEnumerable<string> users)
    {
        if (shared is null || limit == 0) return true;
        foreach (var some in users.Chunk(MaxAtOnce))
        {
            var said = await Task.WhenAll(some.Select(user => SayAgainAsync(shared, user))).ConfigureAwait(false);
            if (said.Contains(false)) return false;
        }
        return true;
    }

    private Task<bool> SayAgainAsync(ISharedCounts counts, string user)
    {
        lock (GateOf(user)) return counts.SetAsync(user, this[user]).AsTask();
    }

    private Lock GateOf(string user) => _gates[(uint)string.GetHashCode(user, StringComparison.Ordinal) % (uint)_gates.Length];

    private async ValueTask<bool> FinishAsync(ISharedCounts counts, string user, ValueTask<RaiseResult> raised)
    {
        var result = RaiseResult.Above;
        try
        {
            result = await raised.ConfigureAwait(false);
            while (result == RaiseResult.Again) result = await RaiseAgainAsync(counts, user).ConfigureAwait(false);
        }
        finally
        {
            if (result != RaiseResult.Within) Leave(user);
        }
        return result == RaiseResult.Within;
    }

    /// <summary>Others may have come and gone meanwhile, so what is asked for is the number of now.</summary>
    private ValueTask<RaiseResult> RaiseAgainAsync(ISharedCounts counts, string user)
    {
        lock (GateOf(user)) return counts.TryRaiseAsync(user, this[user], limit);
    }

    private static void Forget(ValueTask<bool> said)
    {
        if (!said.IsCompleted) _ = said.AsTask();
    }
}
