using System.Collections.Concurrent;

namespace Arauto.Limits;

/// <summary>How many connections each user holds; exact under concurrency, and over all nodes where they share their counts. Users without connections cost nothing.</summary>
/// <param name="limit">The most connections of one user; 0 counts without a limit.</param>
/// <param name="shared">The counts of all nodes; <see langword="null"/> if there is only this one.</param>
internal sealed class ConnectionCounts(int limit, ISharedCounts? shared = null)
{
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
        ValueTask<bool> raised;
        lock (GateOf(user))
        {
            var count = this[user];
            if (limit > 0 && count >= limit) return ValueTask.FromResult(false);
            _counts[user] = count + 1;
            if (shared is null || limit == 0) return ValueTask.FromResult(true);
            raised = shared.TryRaiseAsync(user, count + 1, limit);
        }
        return FinishAsync(user, raised);
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
            if (limit > 0) shared?.Set(user, count - 1);
        }
    }

    /// <summary>Tells the other nodes all counts again.</summary>
    public void ShareAgain()
    {
        if (shared is null || limit == 0) return;
        foreach (var user in _counts.Keys)
        {
            lock (GateOf(user)) shared.Set(user, this[user]);
        }
    }

    private Lock GateOf(string user) => _gates[(uint)string.GetHashCode(user, StringComparison.Ordinal) % (uint)_gates.Length];

    private async ValueTask<bool> FinishAsync(string user, ValueTask<bool> raised)
    {
        var entered = false;
        try
        {
            entered = await raised.ConfigureAwait(false);
        }
        finally
        {
            if (!entered) Leave(user);
        }
        return entered;
    }
}
