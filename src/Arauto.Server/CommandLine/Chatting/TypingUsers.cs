namespace Arauto.Server.CommandLine.Chatting;

/// <summary>Who is typing: whoever said so within the last seconds. Not thread-safe.</summary>
internal sealed class TypingUsers(TimeProvider time)
{
    /// <summary>How long a typing frame counts: a little longer than the time between two of them.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(5);

    /// <summary>More are not remembered; the line only says how many there are anyway.</summary>
    private const int MaxUsers = 100;

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>A user types.</summary>
    public void Add(string user)
    {
        if (_since.Count < MaxUsers || _since.ContainsKey(user)) _since[user] = time.GetTimestamp();
    }

    /// <summary>A user stopped: the message came, or the user left.</summary>
    public void Remove(string user) => _since.Remove(user);

    /// <summary>Who types now, ordered by name.</summary>
    public IReadOnlyList<string> Now()
    {
        foreach (var (user, since) in _since)
            if (time.GetElapsedTime(since) >= Lasts) _since.Remove(user);
        return [.. _since.Keys.Order(StringComparer.Ordinal)];
    }
}
