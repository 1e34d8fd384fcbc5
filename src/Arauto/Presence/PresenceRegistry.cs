using Arauto.Feeds;
using Arauto.Options;
using Arauto.Protocol.Frames;

namespace Arauto.Presence;

/// <summary>
/// Who is in which channel on this node. A user with several connections is there once; one who is back within the grace
/// period makes no noise. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The lease of an entry is its connection: the heartbeat renews it, and a connection that falls silent for the heartbeat
/// timeout is closed and so leaves. The others are told under the lock, so that they hear it in the order in which it
/// happened; lock order: presence, feed, lane inbox.
/// </remarks>
internal sealed class PresenceRegistry : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, Entry>> _channels = new(StringComparer.Ordinal);
    private readonly Queue<Leaving> _leaving = new();
    private readonly FeedRegistry _feeds;
    private readonly TimeProvider _time;
    private readonly TimeSpan _grace;
    private readonly ITimer _timer;
    private long _absences;

    public PresenceRegistry(FeedRegistry feeds, ArautoOptions options, TimeProvider time)
    {
        _feeds = feeds;
        _time = time;
        _grace = TimeSpan.FromSeconds(options.Presence.GraceSeconds);
        _timer = time.CreateTimer(_ => EndGrace(), null, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));
    }

    /// <summary>A connection of the user has come to the channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="user">Who.</param>
    /// <param name="connection">The connection; it is not told of its own coming.</param>
    public void Join(string channel, string user, Connections.Connection connection)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var users)) _channels[channel] = users = new Dictionary<string, Entry>(StringComparer.Ordinal);
            if (users.TryGetValue(user, out var entry))
            {
                entry.Connections++;
                entry.Absence = 0;
                return;
            }
            users[user] = new Entry { Connections = 1 };
            _feeds.PostEphemeral(channel, new PresenceFrame { Channel = channel, Joined = true, User = user }, connection);
        }
    }

    /// <summary>A connection of the user has left the channel; the others are told when the grace period ends.</summary>
    public void Leave(string channel, string user)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var users) || !users.TryGetValue(user, out var entry)) return;
            if (--entry.Connections > 0) return;
            entry.Absence = ++_absences;
            if (_grace > TimeSpan.Zero)
            {
                _leaving.Enqueue(new Leaving(channel, user, entry.Absence, _time.GetTimestamp()));
                return;
            }
            Remove(channel, users, user);
            _feeds.PostEphemeral(channel, new PresenceFrame { Channel = channel, Joined = false, User = user }, null);
        }
    }

    /// <summary>Who is there, those in their grace period included, ordered by name.</summary>
    public IReadOnlyList<PresentUser> List(string channel)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var users)) return [];
            return [.. users.Select(user => new PresentUser(user.Key, user.Value.Connections)).OrderBy(user => user.User, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => _timer.Dispose();

    private void EndGrace()
    {
        while (true)
        {
            Leaving gone;
            lock (_gate)
            {
                if (!_leaving.TryPeek(out gone) || _time.GetElapsedTime(gone.Since) < _grace) return;
                _leaving.Dequeue();
                // Another absence than this one: the user came back, and perhaps left again.
                if (!_channels.TryGetValue(gone.Channel, out var users) || !users.TryGetValue(gone.User, out var entry) || entry.Absence != gone.Absence) continue;
                Remove(gone.Channel, users, gone.User);
                _feeds.PostEphemeral(gone.Channel, new PresenceFrame { Channel = gone.Channel, Joined = false, User = gone.User }, null);
            }
        }
    }

    private void Remove(string channel, Dictionary<string, Entry> users, string user)
    {
        users.Remove(user);
        if (users.Count == 0) _channels.Remove(channel);
    }

    private sealed class Entry
    {
        public int Connections { get; set; }

        /// <summary>The number of the absence under way; 0 while somebody is there.</summary>
        public long Absence { get; set; }
    }

    private readonly record struct Leaving(string Channel, string User, long Absence, long Since);
}
