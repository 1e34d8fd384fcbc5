using Arauto.Feeds;
using Arauto.Options;
using Arauto.Protocol.Frames;

namespace Arauto.Presence;

/// <summary>
/// Who is in which channel. A user with several connections, here or on other nodes, is there once; one who is back within
/// the grace period makes no noise. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The lease of an entry is its connection: the heartbeat renews it, and a connection that falls silent for the heartbeat
/// timeout is closed and so leaves. Other nodes are asked under the lock whether the user is there as well, so that the
/// questions stand in the order in which it happened; lock order: presence, feed, lane inbox.
/// </remarks>
internal sealed class PresenceRegistry : IDisposable
{
    /// <summary>How many are said again at once: more would fill the queue of commands.</summary>
    private const int MaxAtOnce = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, Entry>> _channels = new(StringComparer.Ordinal);
    private readonly Queue<Leaving> _leaving = new();
    private readonly FeedRegistry _feeds;
    private readonly IPresenceShare _share;
    private readonly TimeProvider _time;
    private readonly TimeSpan _grace;
    private readonly ITimer _timer;
    private long _absences;

    public PresenceRegistry(FeedRegistry feeds, IPresenceShare share, ArautoOptions options, TimeProvider time)
    {
        _feeds = feeds;
        _share = share;
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
                Forget(_share.SetAsync(channel, user, entry.Connections));
                return;
            }
            users[user] = new Entry { Connections = 1 };
            TellUnlessElsewhere(_share.SetAsync(channel, user, 1), channel, new PresenceFrame { Channel = channel, Joined = true, User = user }, connection);
        }
    }

    /// <summary>A connection of the user has left the channel; the others are told when the grace period ends.</summary>
    public void Leave(string channel, string user)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var users) || !users.TryGetValue(user, out var entry)) return;
            if (--entry.Connections > 0 || _grace > TimeSpan.Zero) Forget(_share.SetAsync(channel, user, entry.Connections));
            if (entry.Connections > 0) return;
            entry.Absence = ++_absences;
            if (_grace > TimeSpan.Zero) _leaving.Enqueue(new Leaving(channel, user, entry.Absence, _time.GetTimestamp()));
            else Remove(channel, users, user);
        }
    }

    /// <summary>Who is there, those in their grace period included, ordered by name.</summary>
    public async ValueTask<IReadOnlyList<PresentUser>> ListAsync(string channel, CancellationToken cancellationToken) =>
        await _share.ListAsync(channel, cancellationToken).ConfigureAwait(false) ?? ListHere(channel);

    /// <summary>The channels in which somebody of this node is.</summary>
    public IReadOnlyList<string> Channels
    {
        get
        {
            lock (_gate) return [.. _channels.Keys];
        }
    }

    /// <summary>Says again to the other nodes who is where on this one.</summary>
    /// <param name="mayBeGone">Whether they may have told that the users of this node have left. Then it is told of each whom they do not know that the user is there.</param>
    /// <returns>Whether they know it now.</returns>
    public async Task<bool> ShareAgainAsync(bool mayBeGone)
    {
        Action<string, PresenceFrame> tell = mayBeGone ? (channel, frame) => _feeds.PostEphemeral(channel, frame, null) : static (_, _) => { };
        foreach (var channel in Channels)
        {
            string[] users;
            lock (_gate) users = _channels.TryGetValue(channel, out var present) ? [.. present.Keys] : [];
            foreach (var some in users.Chunk(MaxAtOnce))
            {
                var said = await Task.WhenAll(some.Select(user => SayAgainAsync(channel, user, tell))).ConfigureAwait(false);
                if (said.Contains(false)) return false;
            }
        }
        return true;
    }

    /// <summary>Says to the other nodes what they could not be told when it happened, as it is now.</summary>
    /// <param name="places">Who, in which channel; of this node or gone from it.</param>
    /// <returns>Whether they know it now.</returns>
    public async Task<bool> MakeUpAsync(IReadOnlyList<(string Channel, string User)> places)
    {
        // Here it was told when it happened.
        var said = await Task.WhenAll(places.Select(place => SayAgainAsync(place.Channel, place.User, _feeds.PostEphemeralElsewhere))).ConfigureAwait(false);
        return !said.Contains(false);
    }

    /// <summary>Users of a node that is gone are nowhere any more.</summary>
    public void TellGone(string channel, IReadOnlyList<string> users)
    {
        foreach (var user in users) _feeds.PostEphemeral(channel, new PresenceFrame { Channel = channel, Joined = false, User = user }, null);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Who is there on this node.</summary>
    public IReadOnlyList<PresentUser> ListHere(string channel)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var users)) return [];
            return [.. users.Select(user => new PresentUser(user.Key, user.Value.Connections)).OrderBy(user => user.User, StringComparer.Ordinal)];
        }
    }

    /// <returns>Whether it is said.</returns>
    private async Task<bool> SayAgainAsync(string channel, string user, Action<string, PresenceFrame> tell)
    {
        ValueTask<SharedPlace> said;
        bool isHere;
        lock (_gate)
        {
            var entry = _channels.GetValueOrDefault(channel)?.GetValueOrDefault(user);
            isHere = entry is not null;
            said = _share.SetAsync(channel, user, entry?.Connections);
        }
        var place = await said.ConfigureAwait(false);
        if (place is { IsSaid: true, IsElsewhere: false } && place.WasHere != isHere)
            tell(channel, new PresenceFrame { Channel = channel, Joined = isHere, User = user });
        return place.IsSaid;
    }

    private void EndGrace()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_leaving.TryPeek(out var gone) || _time.GetElapsedTime(gone.Since) < _grace) return;
                _leaving.Dequeue();
                // Another absence than this one: the user came back, and perhaps left again.
                if (!_channels.TryGetValue(gone.Channel, out var users) || !users.TryGetValue(gone.User, out var entry) || entry.Absence != gone.Absence) continue;
                Remove(gone.Channel, users, gone.User);
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void Remove(string channel, Dictionary<string, Entry> users, string user)
    {
        users.Remove(user);
        if (users.Count == 0) _channels.Remove(channel);
        TellUnlessElsewhere(_share.SetAsync(channel, user, null), channel, new PresenceFrame { Channel = channel, Joined = false, User = user }, null);
    }

    /// <summary>Under the lock, so that a node that is alone tells in the order in which it happened.</summary>
    private void TellUnlessElsewhere(ValueTask<SharedPlace> said, string channel, PresenceFrame frame, Connections.Connection? except)
    {
        if (!said.IsCompletedSuccessfully) _ = TellLaterAsync(said, channel, frame, except);
        else if (!said.Result.IsElsewhere) _feeds.PostEphemeral(channel, frame, except);
    }

    /// <summary>Replies come in the order of the questions. The share does not fail.</summary>
    private async Task TellLaterAsync(ValueTask<SharedPlace> said, string channel, PresenceFrame frame, Connections.Connection? except)
    {
        if (!(await said.ConfigureAwait(false)).IsElsewhere) _feeds.PostEphemeral(channel, frame, except);
    }

    /// <summary>A number only; nobody is told of it.</summary>
    private static void Forget(ValueTask<SharedPlace> said)
    {
        if (!said.IsCompleted) _ = said.AsTask();
    }

    private sealed class Entry
    {
        public int Connections { get; set; }

        /// <summary>The number of the absence under way; 0 while somebody is there.</summary>
        public long Absence { get; set; }
    }

    private readonly record struct Leaving(string Channel, string User, long Absence, long Since);
}
