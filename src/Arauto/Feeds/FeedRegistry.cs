using System.Collections.Concurrent;
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
internal sealed partial class FeedRegistry : IAsyncDisposable
{
    /// <summary>How often each feed is compared with the top of its log: bounds how long a lost hint can stay unseen.</summary>
    public static readonly TimeSpan CompareInterval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Feed> _feeds = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ChannelRules _rules;
    private readonly Hub _hub;
    private readonly ILogger<FeedRegistry> _logger;
    private readonly ArautoMetrics _metrics;
    private readonly PeriodicTimer _timer;
    private readonly Task _comparing;

    public FeedRegistry(ChannelRules rules, Hub hub, ArautoMetrics metrics, TimeProvider time, ILogger<FeedRegistry> logger)
    {
        _metrics = metrics;
        _rules = rules;
        _hub = hub;
        _logger = logger;
        _timer = new PeriodicTimer(CompareInterval, time);
        _comparing = CompareAsync();
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

    /// <summary>Sends what is not kept to the subscribers of a channel on this node.</summary>
    public void PostEphemeral(string channel, ServerFrame frame, Connections.Connection? except) =>
        Find(channel)?.PostEphemeral(new SharedFrame(frame), except);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
        await _comparing.ConfigureAwait(false);
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
            return feed;
        }
    }

    private void Remove(string channel, Feed feed)
    {
        if (_feeds.TryRemove(KeyValuePair.Create(channel, feed))) _metrics.FeedsChanged(-1);
    }

    private async Task CompareAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            RetireUnwanted();
            foreach (var group in _feeds.Values.GroupBy(feed => feed.Rule.Log))
                foreach (var batch in group.Chunk(500)) await CompareAsync(group.Key, batch).ConfigureAwait(false);
        }
    }

    /// <summary>Never throws: one log that is away must not keep the feeds of another from healing, and the loop must outlive any fault.</summary>
    private async Task CompareAsync(IChannelLog log, Feed[] feeds)
    {
        try
        {
            var tops = await log.ReadTopsAsync(Array.ConvertAll(feeds, feed => feed.Channel), _stopping.Token).ConfigureAwait(false);
            for (var i = 0; i < feeds.Length; i++) feeds[i].Compare(tops[i]);
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
