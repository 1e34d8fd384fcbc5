using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Arauto.Backplanes.Redis;
using Arauto.Channels;
using Arauto.Metrics;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Publishing;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Ingestion;

/// <summary>Takes what other programs publish in Redis into the logs, each message once and in order, whatever the number of nodes.</summary>
/// <remarks>
/// <para>Two nodes listen, those whose names come first among the living; one of them has the turn (<see cref="ExternalTurn"/>)
/// and takes. The other remembers what it heard in the last seconds. When the turn comes to it, since the former died or was cut
/// off for a moment, it takes those again under the keys of the former (<see cref="PublicationKeys"/>), so the log drops what it
/// has. A publication has no name: the n-th with equal bytes that one node heard is the n-th that another heard, counted from the
/// last time that a node began to listen, which each says to all on a channel of its own.</para>
/// <para>Redis keeps nothing for who is not there, so a message that the log cannot take now is tried again for a while, and if
/// that fails said at Error.</para>
/// </remarks>
internal sealed partial class ExternalPublications : IAsyncDisposable
{
    /// <summary>How many nodes listen.</summary>
    private const int Listeners = 2;

    /// <summary>The most messages that wait, and the most that are remembered for the turn.</summary>
    private const int MaxPending = 10_000;

    /// <summary>How often a message is tried again that the log could not take: after 1, 2 and 4 seconds.</summary>
    private const int MaxRetries = 3;

    /// <summary>JSON in a string is longer than itself, at most six times where each character is escaped.</summary>
    private const int EscapeFactor = 6;

    /// <summary>What may stand around the data.</summary>
    private const int EnvelopeBytes = 4096;

    /// <summary>For how long equal publications are counted.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);

    /// <summary>For how long a message is remembered that is another node's to take: longer than it takes until the turn of a dead node is ours, also if we have just begun.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly IRedis _redis;
    private readonly RedisNames _names;
    private readonly NodeDirectory _nodes;
    private readonly ChannelRules _rules;
    private readonly Publisher _publisher;
    private readonly ArautoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ExternalPublications> _logger;
    private readonly ExternalTurn _turn;
    private readonly PublicationKeys _keys;
    private readonly string _beginnings;
    private readonly int _mostBytes;
    private readonly EqualPublications _equal;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Publication?> _heard = Channel.CreateBounded<Publication?>(new BoundedChannelOptions(MaxPending) { SingleReader = true });

    /// <summary>Its bound is <see cref="_publishing"/>.</summary>
    private readonly Channel<Keyed> _keyed = Channel.CreateUnbounded<Keyed>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Queue<Publication> _others = new();
    private readonly SemaphoreSlim _publishing = new(MaxPending);
    private readonly Lock _gate = new();
    private ExternalTopic[] _topics = [];
    private volatile Beginning _beginning;
    private volatile bool _mustSayBeginning;
    private Task _taking = Task.CompletedTask;
    private Task _publishingInOrder = Task.CompletedTask;
    private Task _asking = Task.CompletedTask;

    public ExternalPublications(IRedis redis, RedisNames names, NodeDirectory nodes, ChannelRules rules, Publisher publisher, ArautoOptions options, ArautoMetrics metrics, TimeProvider time, ILogger<ExternalPublications> logger)
    {
        _redis = redis;
        _names = names;
        _nodes = nodes;
        _rules = rules;
        _publisher = publisher;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _turn = new ExternalTurn(redis, names, nodes.Self, time);
        _keys = new PublicationKeys(redis, names);
        _beginnings = $"{names.Prefix}arauto:external:begin";
        _mostBytes = (EscapeFactor * options.Limits.MessageBytes) + EnvelopeBytes;
        _equal = new EqualPublications(Window, time);
        _beginning = Beginning.OfOne(time);
    }

    /// <summary>Begins to listen, when it is among those who do.</summary>
    public void Start()
    {
        _taking = TakeAsync();
        _publishingInOrder = PublishInOrderAsync();
        _asking = AskAsync();
        _nodes.Changed += Decide;
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.Changed -= Decide;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _asking.ConfigureAwait(false);
        // What was heard until now is taken before another node may.
        _heard.Writer.TryComplete();
        await _taking.ConfigureAwait(false);
        _keyed.Writer.TryComplete();
        await _publishingInOrder.ConfigureAwait(false);
        for (var i = 0; i < MaxPending; i++) await _publishing.WaitAsync().ConfigureAwait(false);
        lock (_gate) Listen(false);
        await GiveBackAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _publishing.Dispose();
    }

    /// <summary>Takes a message that was published on one of our channels.</summary>
    public void Hear(string topic, ReadOnlyMemory<byte> payload)
    {
        if (topic == _beginnings)
        {
            _beginning = new Beginning(Encoding.UTF8.GetString(payload.Span), IsCommon: true);
            return;
        }
        _metrics.RedisEventConsumed();
        var channel = topic[_names.Prefix.Length..];
        if (!ChannelName.IsValid(channel) || !_rules.TryFind(channel, out var rule) || !rule.External) return;
        if (payload.Length > _mostBytes)
        {
            // Dropped before it waits with thousands of others.
            _metrics.ErrorSent(ErrorCode.TooLarge);
            Log.NotUnderstood(_logger, channel, $"It has {payload.Length} bytes; at most {_mostBytes} are read, and of them limits.messageBytes of data taken.");
            return;
        }
        var beginning = _beginning;
        var digest = Publication.DigestOf(beginning.Name, channel, payload.Span);
        int number;
        lock (_equal) number = _equal.Count(digest);
        if (!_heard.Writer.TryWrite(new Publication(channel, rule, payload, digest, number, beginning.IsCommon, _time.GetTimestamp()))) Log.TooMany(_logger, channel, MaxPending);
    }

    /// <summary>A subscription began, perhaps again: what was published before was not heard.</summary>
    public void Begin()
    {
        // Others may have begun meanwhile, too; a count that goes on from before would agree with nobody's.
        _beginning = Beginning.OfOne(_time);
        _mustSayBeginning = true;
    }

    private void Decide()
    {
        lock (_gate) Listen(_nodes.Live.Order(StringComparer.Ordinal).Take(Listeners).Contains(_nodes.Self));
    }

    /// <summary>Under the lock.</summary>
    private void Listen(bool listen)
    {
        if (listen == (_topics.Length > 0)) return;
        foreach (var topic in _topics) _redis.Unsubscribe(topic.Topic);
        _topics = listen ? [new ExternalTopic(this, RedisTopic.Exact(_beginnings)), .. _rules.External.Select(rule => new ExternalTopic(this, TopicOf(rule)))] : [];
        foreach (var topic in _topics) _redis.Subscribe(topic.Topic, topic);
    }

    private RedisTopic TopicOf(ChannelRule rule) =>
        rule.Prefix.EndsWith(':') ? RedisTopic.Pattern($"{Special().Replace(_names.Prefix + rule.Prefix, @"\$0")}*") : RedisTopic.Exact(_names.Prefix + rule.Prefix);

    /// <summary>What means something in a pattern and has to stand for itself.</summary>
    [GeneratedRegex(@"[\\?\[\]^]")]
    private static partial Regex Special();

    /// <summary>Asks for the turn as long as this node listens, and gives it back when others do.</summary>
    private async Task AskAsync()
    {
        using var timer = new PeriodicTimer(ExternalTurn.Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                bool isListening;
                lock (_gate) isListening = _topics.Length > 0 && Array.TrueForAll(_topics, topic => _redis.IsSubscribed(topic.Topic));
                // Behind what has been heard so far, so that the loop sees it in order.
                if (isListening && await TryAskAsync().ConfigureAwait(false)) await _heard.Writer.WriteAsync(null, _stopping.Token).ConfigureAwait(false);
                else if (!isListening && _turn.IsOurs) await GiveBackAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <returns>Whether the turn came to this node.</returns>
    private async ValueTask<bool> TryAskAsync()
    {
        try
        {
            if (_mustSayBeginning)
            {
                _mustSayBeginning = false;
                _turn.Begin();
                await _redis.ExecuteAsync(new RedisCommand("PUBLISH", _beginnings, Beginning.OfOne(_time).Name), _stopping.Token).ConfigureAwait(false);
                // The other listener may have heard what this one missed. It asks before this one asks again.
                await _turn.GiveBackAsync().ConfigureAwait(false);
                return false;
            }
            return await _turn.AskAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.TurnNotKnown(_logger, e.Message);
            // Perhaps said; once more does no harm.
            _mustSayBeginning = true;
            return false;
        }
    }

    private async ValueTask GiveBackAsync()
    {
        try
        {
            await _turn.GiveBackAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.TurnNotKnown(_logger, e.Message);
        }
    }

    private async Task TakeAsync()
    {
        await foreach (var heard in _heard.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (heard is null) await TakeLeftAsync().ConfigureAwait(false);
            else if (_turn.IsOurs && heard.IsCounted && _others.Count == 0) await BeginAsync(heard).ConfigureAwait(false);
            else Remember(heard);
        }
    }

    private void Remember(Publication heard)
    {
        _others.Enqueue(heard);
        while (_others.TryPeek(out var first) && (_others.Count > MaxPending || _time.GetElapsedTime(first.HeardAt) > Remembered)) _others.Dequeue();
    }

    /// <summary>
    /// The turn is ours: takes again what the former one may have taken. What was heard before all counted alike is known
    /// under another key to the former, so it is ours only if there was none, which is when the turn came to a new node.
    /// </summary>
    private async ValueTask TakeLeftAsync()
    {
        while (_others.TryDequeue(out var left))
            if (_time.GetElapsedTime(left.HeardAt) <= (left.IsCounted ? Remembered : ExternalTurn.New)) await BeginAsync(left).ConfigureAwait(false);
    }

    /// <summary>Asks for the key, and lets it be published behind what was heard before; the end is awaited by the semaphore.</summary>
    private async ValueTask BeginAsync(Publication heard)
    {
        if (!ExternalMessage.TryRead(heard.Channel, heard.Payload, out var message, out var problem))
        {
            _metrics.ErrorSent(ErrorCode.InvalidMessage);
            Log.NotUnderstood(_logger, heard.Channel, problem);
            return;
        }
        await _publishing.WaitAsync().ConfigureAwait(false);
        _keyed.Writer.TryWrite(new Keyed(heard, message, KeyAsync(heard)));
    }

    private async Task<string> KeyAsync(Publication heard)
    {
        var key = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N");
        try
        {
            return await _keys.FindAsync(heard, key).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            // Twice is better than never.
            Log.TurnNotKnown(_logger, e.Message);
            return key;
        }
    }

    /// <summary>Begins to publish in the order heard, which the log keeps.</summary>
    private async Task PublishInOrderAsync()
    {
        await foreach (var (heard, message, key) in _keyed.Reader.ReadAllAsync().ConfigureAwait(false))
            _ = PublishAsync(heard, message, await key.ConfigureAwait(false));
    }

    private async Task PublishAsync(Publication heard, ExternalMessage message, string key)
    {
        try
        {
            var request = new PublishRequest { Channel = heard.Channel, Event = message.Event, Data = message.Data, Key = key };
            if (_publisher.Check(request) is { } invalid)
            {
                _metrics.ErrorSent(invalid.Code);
                Log.NotUnderstood(_logger, heard.Channel, invalid.Message);
                return;
            }
            if (await TryPublishAsync(request, heard.Rule).ConfigureAwait(false) is not { } error) return;
            _metrics.ErrorSent(error.Code);
            Log.Lost(_logger, heard.Channel, error.Message);
        }
        catch (OperationCanceledException)
        {
            Log.Lost(_logger, heard.Channel, "the node stopped before the log could take it");
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <returns>Why it is lost, or <see langword="null"/> if it is not.</returns>
    private async ValueTask<ProtocolError?> TryPublishAsync(PublishRequest request, ChannelRule rule)
    {
        for (var retry = 0; ; retry++)
        {
            var result = await _publisher.PublishAsync(request, rule, CancellationToken.None).ConfigureAwait(false);
            if (result.IsPublished) return null;
            if (retry == MaxRetries) return result.Error;
            await Task.Delay(TimeSpan.FromSeconds(1 << retry), _time, _stopping.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Since when equal publications are counted.</summary>
    /// <param name="Name">Its name; a new one each time.</param>
    /// <param name="IsCommon">Whether all who listen heard it, so that they count alike.</param>
    private sealed record Beginning(string Name, bool IsCommon)
    {
        /// <summary>One that no other node has heard of.</summary>
        public static Beginning OfOne(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), IsCommon: false);
    }

    /// <summary>A publication on its way into the log.</summary>
    private readonly record struct Keyed(Publication Heard, ExternalMessage Message, Task<string> Key);
}
