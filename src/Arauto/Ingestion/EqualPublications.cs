namespace Arauto.Ingestion;

/// <summary>Counts equal publications. Those that nobody repeated for a while are counted from the beginning. Not thread-safe.</summary>
/// <remarks>Kept in two generations of that time each, so that forgetting costs nothing.</remarks>
internal sealed class EqualPublications(TimeSpan window, TimeProvider time)
{
    private Dictionary<string, (int Count, long At)> _current = new(StringComparer.Ordinal);
    private Dictionary<string, (int Count, long At)> _previous = new(StringComparer.Ordinal);
    private long _turnedAt = time.GetTimestamp();

    /// <summary>Counts one more, and gives its number.</summary>
    public int Count(string digest)
    {
        if (time.GetElapsedTime(_turnedAt) > window)
        {
            (_previous, _current) = (_current, new Dictionary<string, (int, long)>(StringComparer.Ordinal));
            _turnedAt = time.GetTimestamp();
        }
        if (!_current.TryGetValue(digest, out var known)) _previous.TryGetValue(digest, out known);
        var count = known.Count > 0 && time.GetElapsedTime(known.At) < window ? known.Count + 1 : 1;
        _current[digest] = (count, time.GetTimestamp());
        return count;
    }
}
