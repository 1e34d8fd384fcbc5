using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>The connection on which one master pushes the messages of topics. What is wanted is asked for until it is confirmed, on every connection anew.</summary>
internal sealed partial class PushLink(
    IServerLocator locator, Func<DnsEndPoint, IPushReceiver, CancellationToken, Task<RedisConnection>> open, RedisClientOptions options, TimeProvider time, ILogger logger)
    : RedisLink(locator, options, time, logger), IPushReceiver
{
    private readonly ILogger _logger = logger;
    private readonly int _maxAsked = options.MaxPendingCommands / 2;
    private readonly TopicTable _topics = new();
    private readonly Lock _gate = new();

    /// <summary>Sharded topics that the server was told to give up, and has not answered. Under the gate.</summary>
    private readonly List<TopicEntry> _leaving = [];

    /// <summary>Confirmed topics of the connection that is up, by kind. Touched by the thread that reads it only.</summary>
    private int[] _confirmed = new int[3];

    /// <inheritdoc/>
    protected override TimeSpan MaxSilence => TimeSpan.FromSeconds(3);

    /// <summary>See <see cref="IRedis.Subscribe"/>.</summary>
    public void Subscribe(RedisTopic topic, IRedisTopicHandler handler)
    {
        lock (_gate)
        {
            var entry = _topics.Find(topic.Kind, Encoding.UTF8.GetBytes(topic.Name));
            if (entry is null) _topics.Add(entry = new TopicEntry(topic, handler));
            else entry.Handler = handler;
            if (Current is { } connection) Ask(connection, entry);
        }
    }

    /// <summary>See <see cref="IRedis.Unsubscribe"/>.</summary>
    public void Unsubscribe(RedisTopic topic)
    {
        lock (_gate)
        {
            if (_topics.Find(topic.Kind, Encoding.UTF8.GetBytes(topic.Name)) is not { } entry) return;
            _topics.Remove(entry);
            if (Current is not { } connection) return;
            if (topic.Kind == RedisTopicKind.Sharded) _leaving.Add(entry);
            connection.Send(topic.Kind == RedisTopicKind.Sharded
                ? new PendingSunsubscribe(this, entry, connection)
                : new PendingSubscription(this, entry, connection, isWanted: false));
        }
    }

    /// <summary>See <see cref="IRedis.IsSubscribed"/>.</summary>
    public bool IsSubscribed(RedisTopic topic) =>
        Current is { } connection && _topics.Find(topic.Kind, Encoding.UTF8.GetBytes(topic.Name))?.ConfirmedOn == connection;

    /// <summary>The server has subscribed the connection.</summary>
    public void OnConfirmed(RedisConnection connection, TopicEntry entry)
    {
        if (entry.ConfirmedOn != connection) _confirmed[(int)entry.Topic.Kind]++;
        entry.ConfirmedOn = connection;
        try
        {
            entry.Handler.OnSubscribed();
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_logger, e, entry.Topic.Name);
        }
    }

    /// <summary>The server has not subscribed the connection any more.</summary>
    public void OnGivenUp(RedisConnection connection, TopicEntry entry)
    {
        if (entry.ConfirmedOn != connection) return;
        entry.ConfirmedOn = null;
        _confirmed[(int)entry.Topic.Kind]--;
    }

    /// <summary>The server has answered that it gave a sharded topic up, or never will.</summary>
    public void OnLeft(TopicEntry entry)
    {
        lock (_gate) _leaving.Remove(entry);
    }

    /// <summary>The server refuses a topic; it is asked again with the next check.</summary>
    public void OnRefused(RedisConnection connection, TopicEntry entry, RedisException error)
    {
        OnUnanswered(connection, entry);
        // A slot that moved is no refusal: whoever knows the slots asks elsewhere.
        if (error.Code == "MOVED") Troubled?.Invoke();
        else if (entry.RefusedOn != connection) Log.Refused(_logger, entry.Topic.Name, error.Message);
        entry.RefusedOn = connection;
    }

    /// <summary>No answer came about a topic; it is asked again with the next check.</summary>
    public void OnUnanswered(RedisConnection connection, TopicEntry entry)
    {
        lock (_gate)
        {
            if (entry.AskedOn == connection) entry.AskedOn = null;
        }
    }

    /// <inheritdoc/>
    public void OnPush(ReadOnlySpan<RedisReply> push)
    {
        var kind = push[0].Bytes.Span;
        if (push.Length == 3 && kind.SequenceEqual("message"u8)) Deliver(RedisTopicKind.Exact, push[1], push[1], push[2]);
        else if (push.Length == 3 && kind.SequenceEqual("smessage"u8)) Deliver(RedisTopicKind.Sharded, push[1], push[1], push[2]);
        else if (push.Length == 4 && kind.SequenceEqual("pmessage"u8)) Deliver(RedisTopicKind.Pattern, push[1], push[2], push[3]);
        else if (push.Length == 3 && kind.SequenceEqual("sunsubscribe"u8)) LoseSharded(push[1]);
    }

    /// <inheritdoc/>
    protected override async Task<RedisConnection> OpenAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var connection = await open(host, this, cancellationToken).ConfigureAwait(false);
        // The one before is over, and nobody can subscribe on this one yet.
        _confirmed = new int[3];
        return connection;
    }

    /// <inheritdoc/>
    protected override void OnOpened(RedisConnection connection) => AskForAll(connection);

    /// <inheritdoc/>
    protected override void Check(RedisConnection connection)
    {
        AskForAll(connection);
        if (connection.PendingCount >= _maxAsked) return;
        if (connection.Server.IsResp3) connection.Send(new PendingClientInfo(_confirmed, connection.Deadline()));
        else connection.Send(new PendingPing(connection.Deadline()));
    }

    private void AskForAll(RedisConnection connection)
    {
        lock (_gate)
        {
            var room = _maxAsked - connection.PendingCount;
            foreach (var entry in _topics.All)
            {
                if (entry.AskedOn == connection) continue;
                // Those that find no room come with the next check.
                if (room-- <= 0) break;
                Ask(connection, entry);
            }
        }
    }

    private void Ask(RedisConnection connection, TopicEntry entry)
    {
        entry.AskedOn = connection;
        connection.Send(new PendingSubscription(this, entry, connection, isWanted: true));
    }

    private void Deliver(RedisTopicKind kind, RedisReply topic, RedisReply channel, RedisReply payload)
    {
        // A message may still come for a topic that was given up a moment ago.
        if (_topics.Find(kind, topic.Bytes.Span) is not { } entry) return;
        try
        {
            entry.Handler.OnMessage(kind == RedisTopicKind.Pattern ? Encoding.UTF8.GetString(channel.Bytes.Span) : entry.Topic.Name, payload.Bytes);
        }
        catch (Exception e)
        {
            // The thread serves every other topic of the connection: it must outlive whatever one handler does.
            Log.HandlerFailed(_logger, e, entry.Topic.Name);
        }
    }

    /// <summary>The slot of a sharded topic has moved to another server, or is about to.</summary>
    private void LoseSharded(RedisReply name)
    {
        // One that is being given up may go with its slot before the server reads that: from then on it does not count it either.
        lock (_gate)
        {
            foreach (var leaving in _leaving)
                if (leaving.ConfirmedOn is { } on && name.Bytes.Span.SequenceEqual(leaving.Name)) OnGivenUp(on, leaving);
        }
        if (_topics.Find(RedisTopicKind.Sharded, name.Bytes.Span) is not { ConfirmedOn: { } connection } entry) return;
        OnGivenUp(connection, entry);
        OnUnanswered(connection, entry);
        Troubled?.Invoke();
    }
}
