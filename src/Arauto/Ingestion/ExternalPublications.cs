using System.Text;
using System.Text.RegularExpressions;
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
/// <para>Two nodes listen, those whose names come first among the living, and both bring to the log what they hear. Both give
/// a message the same idempotency key, so the log has it once; and when one of them dies nothing is missing and nothing waits.</para>
/// <para>A publication has no name, so the key says: the n-th with these bytes since a beginning (<see cref="PublicationCount"/>).
/// A node that subscribes, also again after it was cut off, says a new beginning on a channel that all listeners hear among the
/// rest, and all count from there. What it heard before it cannot count like the others. A node that could confirms in Redis that
/// it has taken all before the beginning; if none does, nobody else was there, and those who listened take what they heard.</para>
/// </remarks>
internal sealed partial class ExternalPublications : IAsyncDisposable
{
    /// <summary>How many nodes listen.</summary>
    private const int Listeners = 2;

    /// <summary>More different publications than that are not remembered: counting begins anew.</summary>
    private const int MaxCounted = 100_000;

    /// <summary>JSON in a string is longer than itself, at most six times where each character is escaped.</summary>
    private const int EscapeFactor = 6;

    /// <summary>What may stand around the data.</summary>
    private const int EnvelopeBytes = 4096;

    /// <summary>How often is looked whether something is to be said or settled.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a node goes on listening when others are to do it: longer than they need to begin.</summary>
    private static readonly TimeSpan Lingering = TimeSpan.FromSeconds(10);

    /// <summary>For how long a node that has taken all before a beginning may take to confirm it. One that is well does within milliseconds; one that was stopped for longer is the case in which a message comes twice rather than never.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly IRedis _redis;
    private readonly RedisNames _names;
    private readonly NodeDirectory _nodes;
    private readonly ChannelRules _rules;
    private readonly ArautoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ExternalPublications> _logger;
    private readonly PublicationIntake _intake;
    private readonly Hearing _hearing;
    private readonly BeginningNotes _notes;
    private readonly int _mostBytes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ExternalTopic[] _topics = [];
    private volatile bool _mustSay;
    private volatile string? _said;

    /// <summary>The topics whose subscription has begun on the connection that is up. Guarded by the gate.</summary>
    private readonly HashSet<ExternalTopic> _begun = [];

    private long? _leavingSince;
    private int _lost;
    private Task _attending = Task.CompletedTask;

    public ExternalPublications(IRedis redis, RedisNames names, NodeDirectory nodes, ChannelRules rules, Publisher publisher, ArautoOptions options, ArautoMetrics metrics, TimeProvider time, ILogger<ExternalPublications> logger)
    {
        _redis = redis;
        _names = names;
        _nodes = nodes;
        _rules = rules;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _notes = new BeginningNotes(redis, names);
        _intake = new PublicationIntake(publisher, metrics, time, logger);
        _hearing = new Hearing(_intake, name => NoteAsync(_notes.ConfirmAsync(name)), time);
        _mostBytes = (EscapeFactor * options.Limits.MessageBytes) + EnvelopeBytes;
    }

    /// <summary>Whether this node takes what it hears at once.</summary>
    public bool IsTaking => IsListening && !_mustSay && _hearing.IsSettled;

    private bool IsListening => _topics is { Length: > 0 } topics && Array.TrueForAll(topics, topic => _redis.IsSubscribed(topic.Topic));

    /// <summary>Begins to listen, when it is among those who do.</summary>
    public void Start()
    {
        _attending = AttendAsync();
        _nodes.Changed += Decide;
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.Changed -= Decide;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _attending.ConfigureAwait(false);
        lock (_gate) Listen(false);
        // Nobody is asked any more about what was not counted; twice is better than never.
        _hearing.Begin(DrawName());
        while (_hearing.Unsettled is { } heard) Settle(heard, await IsTakenAsync(heard).ConfigureAwait(false) == true);
        await _intake.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>What is subscribed to while this node listens.</summary>
    public IReadOnlyList<ExternalTopic> Topics => _topics;

    /// <summary>Takes a message that was published on one of our channels.</summary>
    /// <param name="topic">The channel in Redis.</param>
    /// <param name="payload">The message.</param>
    public void Hear(string topic, ReadOnlyMemory<byte> payload)
    {
        _metrics.RedisEventConsumed();
        var channel = topic[_names.Prefix.Length..];
        if (!ChannelName.IsValid(channel) || !_rules.TryFind(channel, out var rule) || !rule.External) return;
        if (payload.Length > _mostBytes)
        {
            // Dropped before it waits with thousands of others.
            _metrics.ErrorSent(ErrorCode.TooLarge);
            Log.TooLarge(_logger, channel, payload.Length, _mostBytes);
        }
        else if (!_hearing.TryHear(channel, rule, payload))
        {
            Lose(1);
        }
    }

    /// <summary>A subscription began, perhaps again: what was published before was not heard.</summary>
    /// <param name="topic">Which.</param>
    public void Begin(ExternalTopic topic)
    {
        lock (_gate)
        {
            if (_begun.Add(topic))
            {
                _hearing.Restart();
            }
            else
            {
                // Of another connection than what was heard so far.
                _begun.Clear();
                _begun.Add(topic);
                _hearing.CutOff(_said ?? DrawName());
                _said = null;
            }
        }
        _mustSay = true;
        _hurry.TrySetResult();
    }

    private void HearBeginning(string topic, ReadOnlyMemory<byte> payload)
    {
        var name = Encoding.UTF8.GetString(payload.Span);
        if (_hearing.Begin(name)) _ = NoteAsync(_notes.JoinAsync(name));
        _hurry.TrySetResult();
    }

    private void Lose(int count)
    {
        Interlocked.Add(ref _lost, count);
        for (; count > 0; count--) _metrics.ErrorSent(ErrorCode.Unavailable);
    }

    private void Decide()
    {
        lock (_gate)
        {
            var isToListen = _nodes.Live.Order(StringComparer.Ordinal).Take(Listeners).Contains(_nodes.Self);
            if (isToListen) Listen(true);
            if (isToListen || _topics.Length == 0) _leavingSince = null;
            else _leavingSince ??= _time.GetTimestamp();
        }
    }

    /// <summary>Under the lock.</summary>
    private void Listen(bool listen)
    {
        if (listen == (_topics.Length > 0)) return;
        foreach (var topic in _topics) _redis.Unsubscribe(topic.Topic);
        _hearing.Restart();
        _begun.Clear();
        _topics = listen ? [TopicFor(RedisTopic.Exact(_notes.Channel), HearBeginning), .. _rules.External.Select(rule => TopicFor(TopicOf(rule), Hear))] : [];
        foreach (var topic in _topics) _redis.Subscribe(topic.Topic, topic);
    }

    private ExternalTopic TopicFor(RedisTopic topic, Action<string, ReadOnlyMemory<byte>> hear) => new(topic, hear, Begin);

    private RedisTopic TopicOf(ChannelRule rule) =>
        rule.Prefix.EndsWith(':') ? RedisTopic.Pattern($"{Special().Replace(_names.Prefix + rule.Prefix, @"\$0")}*") : RedisTopic.Exact(_names.Prefix + rule.Prefix);

    /// <summary>What means something in a pattern and has to stand for itself.</summary>
    [GeneratedRegex(@"[\\?\[\]^]")]
    private static partial Regex Special();

    /// <summary>Says beginnings and settles what was heard before them, until the node stops.</summary>
    private async Task AttendAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await AttendOnceAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // It serves everybody for the life of the process: it must outlive a fault of ours.
                Log.Failed(_logger, e);
            }
            await _hurry.Task.WaitAsync(Interval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async ValueTask AttendOnceAsync()
    {
        if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost) Log.TooMany(_logger, lost);
        lock (_gate)
        {
            if (_leavingSince is { } since && _time.GetElapsedTime(since) > Lingering)
            {
                _leavingSince = null;
                Listen(false);
            }
        }
        if (IsListening && (_mustSay || _hearing.Counted > MaxCounted)) await SayBeginningAsync().ConfigureAwait(false);
        while (_hearing.Unsettled is { } heard && await IsTakenAsync(heard).ConfigureAwait(false) is { } isTaken) Settle(heard, isTaken);
    }

    private string DrawName() => Guid.CreateVersion7(_time.GetUtcNow()).ToString("N");

    private async ValueTask SayBeginningAsync()
    {
        _mustSay = false;
        try
        {
            var name = DrawName();
            _said = name;
            await _notes.SayAsync(name, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            // Perhaps it was said; once more does no harm.
            _mustSay = true;
            Log.NotSaid(_logger, e.Message);
        }
    }

    private async Task NoteAsync(Task noting)
    {
        try
        {
            await noting.ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            // Then those who ask for it wait until their patience ends.
            Log.NotSaid(_logger, e.Message);
        }
    }

    /// <returns>Whether another node has taken it; <see langword="null"/> if that is not known yet.</returns>
    private async ValueTask<bool?> IsTakenAsync(HeardBefore heard)
    {
        try
        {
            var isTaken = await _notes.IsTakenAsync(heard.Beginning, CancellationToken.None).ConfigureAwait(false);
            return isTaken is null && _time.GetElapsedTime(heard.Since) > Patience ? false : isTaken;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotSaid(_logger, e.Message);
            return null;
        }
    }

    private void Settle(HeardBefore heard, bool isTaken) => Lose(_hearing.Settle(heard, isTaken));
}
