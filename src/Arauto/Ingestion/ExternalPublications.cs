using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Arauto.Backplanes.Redis;
using Arauto.Channels;
using Arauto.Metrics;
using Arauto.Protocol;
using Arauto.Publishing;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Ingestion;

/// <summary>Takes what other programs publish in Redis into the logs, each message once whatever the number of nodes.</summary>
/// <remarks>
/// <para>Two nodes listen, those whose names come first among the living, so that the death of one loses nothing. What both
/// hear, one of them takes (<c>sighting.lua</c>).</para>
/// <para>Messages of a channel are published in the order heard. Redis keeps nothing for who is not there, so a message that
/// the log cannot take now is tried again for a while, and if that fails said at Error.</para>
/// </remarks>
internal sealed partial class ExternalPublications : IAsyncDisposable
{
    /// <summary>How many nodes listen.</summary>
    private const int Listeners = 2;

    /// <summary>The most messages on their way into the logs.</summary>
    private const int MaxPending = 10_000;

    /// <summary>How often a message is tried that the log could not take: after 1, 2 and 4 seconds.</summary>
    private const int MaxRetries = 3;

    private static readonly RedisScript Sighting = RedisScript.Embedded(typeof(ExternalPublications), "sighting.lua");

    private readonly IRedis _redis;
    private readonly RedisNames _names;
    private readonly NodeDirectory _nodes;
    private readonly ChannelRules _rules;
    private readonly Publisher _publisher;
    private readonly ArautoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ExternalPublications> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Heard> _heard = Channel.CreateBounded<Heard>(new BoundedChannelOptions(MaxPending) { SingleReader = true });
    private readonly SemaphoreSlim _publishing = new(MaxPending);
    private readonly Lock _gate = new();
    private ExternalTopic[] _topics = [];
    private Task _taking = Task.CompletedTask;

    public ExternalPublications(IRedis redis, RedisNames names, NodeDirectory nodes, ChannelRules rules, Publisher publisher, ArautoMetrics metrics, TimeProvider time, ILogger<ExternalPublications> logger)
    {
        _redis = redis;
        _names = names;
        _nodes = nodes;
        _rules = rules;
        _publisher = publisher;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Begins to listen, if it is this node's turn.</summary>
    public void Start()
    {
        _taking = TakeAsync();
        _nodes.Changed += Decide;
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.Changed -= Decide;
        lock (_gate) Listen(false);
        _heard.Writer.Complete();
        await _taking.ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        for (var i = 0; i < MaxPending; i++) await _publishing.WaitAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _publishing.Dispose();
    }

    /// <summary>Takes a message that was published on one of our channels.</summary>
    public void Hear(string topic, string listener, ReadOnlyMemory<byte> payload)
    {
        _metrics.RedisEventConsumed();
        var channel = topic[_names.Prefix.Length..];
        if (!ChannelName.IsValid(channel) || !_rules.TryFind(channel, out var rule) || !rule.External) return;
        // Asked here, so that questions and answers keep the order in which the messages came.
        if (!_heard.Writer.TryWrite(new Heard(channel, rule, payload, AskAsync(topic, listener, payload)))) Log.TooMany(_logger, channel, MaxPending);
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
        _topics = listen ? [.. _rules.External.Select(rule => new ExternalTopic(this, TopicOf(rule)))] : [];
        foreach (var topic in _topics) _redis.Subscribe(topic.Topic, topic);
    }

    private RedisTopic TopicOf(ChannelRule rule) =>
        rule.Prefix.EndsWith(':') ? RedisTopic.Pattern($"{Literal().Replace(_names.Prefix + rule.Prefix, @"\$0")}*") : RedisTopic.Exact(_names.Prefix + rule.Prefix);

    /// <summary>What means something in a pattern and stands for itself here.</summary>
    [GeneratedRegex(@"[\\?\[\]^]")]
    private static partial Regex Literal();

    /// <returns>Whether the message is this node's to take.</returns>
    private async ValueTask<bool> AskAsync(string topic, string listener, ReadOnlyMemory<byte> payload)
    {
        var name = new byte[Encoding.UTF8.GetByteCount(topic) + 1 + payload.Length];
        payload.CopyTo(name.AsMemory(Encoding.UTF8.GetBytes(topic, name) + 1));
        var key = $"{_names.Prefix}arauto:external:{Convert.ToHexStringLower(SHA256.HashData(name))}";
        try
        {
            return (await _redis.ExecuteAsync(RedisCommand.Call(Sighting, [key], [listener, 2000, 60_000]), CancellationToken.None).ConfigureAwait(false)).AsInteger() == 1;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            // Twice is better than never: whoever reads it sees the same bytes.
            Log.NotAsked(_logger, topic, e.Message);
            return true;
        }
    }

    private async Task TakeAsync()
    {
        await foreach (var heard in _heard.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!await heard.IsMine.ConfigureAwait(false)) continue;
            if (!ExternalMessage.TryRead(heard.Channel, heard.Payload, out var message, out var problem))
            {
                _metrics.ErrorSent(ErrorCode.InvalidMessage);
                Log.NotUnderstood(_logger, heard.Channel, problem);
                continue;
            }
            await _publishing.WaitAsync().ConfigureAwait(false);
            _ = PublishAsync(heard, message);
        }
    }

    /// <summary>Started in order, and the log keeps that order. Awaited by the semaphore at the end.</summary>
    private async Task PublishAsync(Heard heard, ExternalMessage message)
    {
        try
        {
            var request = new PublishRequest { Channel = heard.Channel, Event = message.Event, Data = message.Data, Key = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N") };
            if (_publisher.Check(request) is { } invalid)
            {
                _metrics.ErrorSent(invalid.Code);
                Log.NotUnderstood(_logger, heard.Channel, invalid.Message);
                return;
            }
            for (var retry = 0; ; retry++)
            {
                var result = await _publisher.PublishAsync(request, heard.Rule, CancellationToken.None).ConfigureAwait(false);
                if (result.IsPublished) return;
                if (retry == MaxRetries)
                {
                    _metrics.ErrorSent(result.Error.Code);
                    Log.Lost(_logger, heard.Channel, result.Error.Message);
                    return;
                }
                await Task.Delay(TimeSpan.FromSeconds(1 << retry), _time, _stopping.Token).ConfigureAwait(false);
            }
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

    private readonly record struct Heard(string Channel, ChannelRule Rule, ReadOnlyMemory<byte> Payload, ValueTask<bool> IsMine);
}
