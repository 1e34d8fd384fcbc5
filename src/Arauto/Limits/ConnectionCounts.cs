using System.Collections.Concurrent;

namespace Arauto.Limits;

/// <summary>How many connections each user holds on this node; exact under concurrency. Users without connections cost nothing.</summary>
/// <param name="limit">The most connections of one user; 0 counts without a limit.</param>
internal sealed class ConnectionCounts(int limit)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How many users hold a connection.</summary>
    public int Users => _counts.Count;

    /// <summary>How many connections the user holds.</summary>
    public int this[string user] => _counts.GetValueOrDefault(user);

    /// <summary>Counts one more connection, unless the user is at the limit. Each success is followed by one <see cref="Leave"/>.</summary>
    public bool TryEnter(string user)
    {
        while (true)
        {
            if (!_counts.TryGetValue(user, out var count))
            {
                if (_counts.TryAdd(user, 1)) return true;
                continue;
            }
            if (limit > 0 && count >= limit) return false;
            if (_counts.TryUpdate(user, count + 1, count)) return true;
        }
    }

    /// <summary>Counts one connection less.</summary>
    /// <exception cref="InvalidOperationException">The user holds none: a fault of the caller.</exception>
    public void Leave(string user)
    {
        while (true)
        {
            if (!_counts.TryGetValue(user, out var count)) throw new InvalidOperationException("A connection left that never entered.");
            if (count == 1 ? _counts.TryRemove(KeyValuePair.Create(user, 1)) : _counts.TryUpdate(user, count - 1, count)) return;
        }
    }
}
