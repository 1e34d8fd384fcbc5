namespace Arauto.Logs.Memory;

/// <summary>The idempotency keys of one channel with the results of their first appends. Not safe for concurrent use.</summary>
internal sealed class RememberedKeys
{
    // Two strings, a dictionary entry and a queue entry.
    private const int EntryBytes = 160;

    private readonly Dictionary<string, AppendResult> _results = new(StringComparer.Ordinal);

    // The window is the same for all keys, so the order of arrival is the order of expiry.
    private readonly Queue<(string Key, DateTimeOffset Until)> _order = new();

    public int Count => _results.Count;

    public bool TryFind(string key, out AppendResult result) => _results.TryGetValue(key, out result);

    /// <returns>The estimated bytes taken.</returns>
    public long Add(string key, in AppendResult result, DateTimeOffset until)
    {
        _results.Add(key, result);
        _order.Enqueue((key, until));
        return Size(key, result);
    }

    /// <returns>The estimated bytes freed.</returns>
    public long RemoveExpired(DateTimeOffset now)
    {
        var freed = 0L;
        while (_order.TryPeek(out var oldest) && oldest.Until <= now) freed += RemoveOldest();
        return freed;
    }

    /// <returns>The estimated bytes freed.</returns>
    public long RemoveOldest()
    {
        var (key, _) = _order.Dequeue();
        _results.Remove(key, out var result);
        return Size(key, result);
    }

    private static long Size(string key, in AppendResult result) =>
        EntryBytes + (2 * (key.Length + result.CorrelationId.Length));
}
