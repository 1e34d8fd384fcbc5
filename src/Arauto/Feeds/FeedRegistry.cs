using System.Collections.Concurrent;
using Arauto.Backplanes;
using Arauto.Channels;
using Arauto.Hubs;
using Arauto.Logs;
using Arauto.Metrics;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Stores;
using Microsoft.Extensions.Logging;

namespace Arauto.Feeds;

/// <summary>The node's feeds: one per channel that somebody here listens to. Safe for concurrent use.</summary>
internal sealed partial class FeedRegistry : IHintReceiver, IAsyncDisposable
{
    /// <summary>How often each feed is compared with the top of its log: bounds how long a lost hint can stay unseen.</summary>
    public static readonly TimeSpan CompareInterval = TimeSpan.FromSeconds(2);

    /// <summary>Feeds of users who did not subscribe are compared in one round of so many: there are many of them, and their loss shows by <see cref="Missed"/>.</summary>
    private const int RoundsOfUnattached = 8;

    private const int BatchSize = 500;

    private readonly ConcurrentDictionary<string, Feed> _feeds = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ChannelRules _rules;
    private readonly Hub _hub;
    private readonly IBackplane _backplane;
    private readonly string[] _userPrefixes;
    private readonly ILogger<FeedRegistry> _logger;
    private readonly ArautoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly PeriodicTimer _timer;
    private readonly System.Threading.Channels.Channel<Feed> _missed = System.Threading.Channels.Channel.CreateUnbounded<Feed>();
    private readonly Task _comparing;
    private readonly Task _comparingMissed;

    public FeedRegistry(ChannelRules rules, Hub hub, IBackplane backplane, ArautoMetrics metrics, TimeProvider time, ILogger<FeedRegistry> logger)
    {
        _metrics = metrics;
        _rules = rules;
        _hub = hub;
        _backplane = backplane;
        _userPrefixes = [.. rules.UserPrefixes];
        hub.UserChanged += FollowUser;
        _logger = logger;
        _time = time;
        _timer = new PeriodicTimer(CompareInterval, time);
        _comparing = CompareAsync();
        _comparingMissed = CompareMissedAsync();
    }

    /// <summary>How many feeds run.</summary>
    public int Count => _feeds.Count;

    /// <summary>The feed of a channel with the lane attached to it; made if there is none.</summary>
    public Feed Attach(string channel, ChannelRule rule, int lane)
    {
        while (true)
        {
            var feed = GetOrCreate(channel, rule);
            if (feed.TryAttach(lane)) return feed;
            Remove(channel, feed);
        }
    }

    /// <summary>The feed of a channel, if somebody listens.</summary>
    public Feed? Find(string channel) => _feeds.GetValueOrDefault(channel);

    /// <summary>Takes a message that was appended; nothing happens if nobody listens to its channel.</summary>
    public void Hint(SharedFrame frame)
    {
        var message = frame.Message!;
        if (!_feeds.TryGetValue(message.Channel, out var feed))
        {
            if (!_rules.TryFind(message.Channel, out var rule) || !rule.IsUserChannel
                || !_hub.IsConnected(ChannelName.IdOf(message.Channel).ToString())) return;
            feed = GetOrCreate(message.Channel, rule);
        }
        if (feed is { Owner: { } owner, Current: null }) feed.HintFirst(frame, _hub.ConnectedSince(owner) ?? message.Timestamp);
        else feed.Hint(frame);
    }

    /// <inheritdoc/>
    void IHintReceiver.Hint(MessageFrame message) => Hint(new SharedFrame(message, _time.GetTimestamp()));

    /// <inheritdoc/>
    public bool IsNews(string channel, Position position) =>
        Find(channel)?.Current is not { } current || current.Epoch != position.Epoch || current.Offset < position.Offset;

    /// <inheritdoc/>
    public void Missed(string channel)
    {
        if (_feeds.TryGetValue(channel, out var feed))
        {
            _missed.Writer.TryWrite(feed);
            return;
        }
        if (!_rules.TryFind(channel, out var rule) || !rule.IsUserChannel) return;
        // Messages that came while nobody here could hear of them, for devices that did not subscribe.
        if (_hub.ConnectedSince(ChannelName.IdOf(channel).ToString()) is { } since) GetOrCreate(channel, rule).StartSince(since);
    }

    /// <inheritdoc/>
    public void HearEphemeral(string channel, ServerFrame frame) => PostEphemeralHere(channel, frame, null);

    /// <summary>Sends what is not kept to the subscribers of a channel, on all nodes.</summary>
    public void PostEphemeral(string channel, ServerFrame frame, Connections.Connection? except)
    {
        PostEphemeralHere(channel, frame, except);
        _backplane.SendEphemeral(channel, frame);
    }

    /// <summary>Sends what is not kept to the subscribers of a channel on the other nodes.</summary>
    public void PostEphemeralElsewhere(string channel, ServerFrame frame) => _backplane.SendEphemeral(channel, frame);

    /// <summary>Sends what is not kept to the subscribers of a channel on this node.</summary>
    public void PostEphemeralHere(string channel, ServerFrame frame, Connections.Connection? except) =>
        Find(channel)?.PostEphemeral(new SharedFrame(frame), except);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _hub.UserChanged -= FollowUser;
        _timer.Dispose();
        _missed.Writer.Complete();
        await _comparing.ConfigureAwait(false);
        await _comparingMissed.ConfigureAwait(false);
        foreach (var feed in _feeds.Values) await feed.Repairing.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private Feed GetOrCreate(string channel, ChannelRule rule)
    {
        while (true)
        {
            if (_feeds.TryGetValue(channel, out var known)) return known;
            var feed = new Feed(channel, rule, _hub, _logger, _stopping.Token);
            if (!_feeds.TryAdd(channel, feed)) continue;
            _metrics.FeedsChanged(1);
            _backplane.Listen(channel);
            return feed;
        }
    }

    private void Remove(string channel, Feed feed)
    {
        if (!_feeds.TryRemove(KeyValuePair.Create(channel, feed))) return;
        _metrics.FeedsChanged(-1);
        if (!IsOfConnectedUser(channel)) Forget(channel);
    }

    private void Forget(string channel)
    {
        _backplane.Forget(channel);
        // Somebody may have begun to listen between the decision and this call, and must not be left deaf.
        if (_feeds.ContainsKey(channel) || IsOfConnectedUser(channel)) _backplane.Listen(channel);
    }

    /// <summary>A user's own channels are heard as long as the user is connected, subscribed or not.</summary>
    private void FollowUser(string user)
    {
        foreach (var prefix in _userPrefixes)
        {
            var channel = prefix + user;
            if (_hub.IsConnected(user)) _backplane.Listen(channel);
            else if (!_feeds.ContainsKey(channel)) Forget(channel);
        }
    }

    private bool IsOfConnectedUser(string channel) =>
        _rules.TryFind(channel, out var rule) && rule.IsUserChannel && _hub.IsConnected(ChannelName.IdOf(channel).ToString());

    private async Task CompareAsync()
    {
        for (var round = 0; await _timer.WaitForNextTickAsync().ConfigureAwait(false); round++)
        {
            RetireUnwanted();
            await CompareAsync(_feeds.Values.Where(feed => feed.IsAttached || round % RoundsOfUnattached == 0)).ConfigureAwait(false);
        }
    }

    /// <summary>Whoever just began to be told compares at once, for what came before that.</summary>
    private async Task CompareMissedAsync()
    {
        var feeds = new HashSet<Feed>();
        while (await _missed.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (feeds.Count < BatchSize && _missed.Reader.TryRead(out var feed)) feeds.Add(feed);
            await CompareAsync(feeds).ConfigureAwait(false);
            feeds.Clear();
        }
    }

    private async Task CompareAsync(IEnumerable<Feed> feeds)
    {
        foreach (var group in feeds.GroupBy(feed => feed.Rule.Log))
            foreach (var batch in group.Chunk(BatchSize)) await CompareAsync(group.Key, batch).ConfigureAwait(false);
    }

    /// <summary>Never throws: one log that is away must not keep the feeds of another from healing, and the loop must outlive any fault.</summary>
    private async Task CompareAsync(IChannelLog log, Feed[] feeds)
    {
        try
        {
            var tops = await log.ReadTopsAsync(Array.ConvertAll(feeds, feed => feed.Channel), _stopping.Token).ConfigureAwait(false);
            for (var i = 0; i < feeds.Length; i++)
                if (tops[i].Epoch != Epoch.None) feeds[i].Compare(tops[i]);
        }
        catch (StoreUnavailableException e)
        {
            Log.CompareFailed(_logger, e.Message);
        }
        catch (Exception e)
        {
            if (!_stopping.IsCancellationRequested) Log.CompareBroke(_logger, e);
        }
    }

    private void RetireUnwanted()
    {
        foreach (var (channel, feed) in _feeds)
            if (feed.TryRetire()) Remove(channel, feed);
    }
}
