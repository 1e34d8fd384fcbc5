using System.Collections.Concurrent;
using Arauto.Gateways;
using Arauto.Protocol;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.SocketIo.Cluster;

/// <summary>The nodes of one namespace that share a Redis, ours and those on Node.js. The other part: Requests (what others want of this node).</summary>
/// <remarks>
/// A node counts the others by who listens to the channel that every node listens to; one that has just died is counted
/// until Redis notices, and is then what an answer misses.
/// </remarks>
internal sealed partial class SocketCluster : ISocketCluster, IRedisTopicHandler
{
    /// <summary>Messages of other nodes that may wait for this one, in bytes, and as many answers; further ones are dropped and counted in the log.</summary>
    private const long MaxInboxBytes = 64 * 1024 * 1024;

    /// <summary>Requests of this node that may wait for answers; further ones fail at once.</summary>
    private const int MaxPending = 10_000;

    private readonly ConcurrentDictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly SocketNamespace _namespace;
    private readonly IClusterProtocol _protocol;
    private readonly NodeMark _mark;
    private readonly IRedis _redis;
    private readonly RoomCensus _rooms;
    private readonly ClusterInbox _inbox;
    private readonly ClusterInbox _answers;
    private readonly ClusterWarnings _warnings;

    /// <param name="ns">The namespace.</param>
    /// <param name="protocol">How its nodes talk.</param>
    /// <param name="mark">This node.</param>
    /// <param name="redis">Where.</param>
    /// <param name="options">How.</param>
    /// <param name="logger">For what goes wrong.</param>
    public SocketCluster(SocketNamespace ns, IClusterProtocol protocol, NodeMark mark, IRedis redis, SocketClusterOptions options, ILogger logger)
    {
        _namespace = ns;
        _protocol = protocol;
        _mark = mark;
        _redis = redis;
        _warnings = new ClusterWarnings(logger, ns.Name, ns.Time);
        _rooms = new RoomCensus(protocol, redis, this);
        _inbox = new ClusterInbox(MaxInboxBytes, HandleAsync);
        _answers = new ClusterInbox(MaxInboxBytes, HandleAsync);
        HasForeigners = options.Adapter != SocketAdapter.Off;
        Timeout = TimeSpan.FromSeconds(options.RequestsTimeoutSeconds);
    }

    /// <inheritdoc/>
    public bool HasForeigners { get; }

    /// <inheritdoc/>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public void Start()
    {
        foreach (var topic in _protocol.Topics) _redis.Subscribe(topic, this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var topic in _protocol.Topics) _redis.Unsubscribe(topic);
        _rooms.Dispose();
        _warnings.Dispose();
    }

    /// <inheritdoc/>
    public void Broadcast(BroadcastRequest request)
    {
        if (HasForeigners) Send(_protocol.Encode(request with { Sender = _mark.Copy }));
    }

    /// <inheritdoc/>
    public async ValueTask TellAsync(ClusterRequest request)
    {
        var command = _protocol.Encode(request with { Sender = _mark.Self });
        if (SizeOf(command) > PeerText.MaxBytes)
            throw new EmitRefusedException(new ProtocolError(ErrorCode.TooLarge, $"A message to the other servers of {_namespace.Name} has {SizeOf(command)} bytes; they take {PeerText.MaxBytes}."));
        try
        {
            await _redis.ExecuteAsync(command, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            throw new ClusterUnavailableException($"The other servers of {_namespace.Name} could not be told: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<ClusterAnswers> AskAsync(ClusterRequest request, TimeSpan timeout)
    {
        var nodes = await CountOthersAsync().ConfigureAwait(false);
        if (nodes == 0) return ClusterAnswers.None;
        if (_pending.Count >= MaxPending) throw new ClusterUnavailableException($"{MaxPending} requests wait for the other servers of {_namespace.Name}.");
        var id = SocketId.Create();
        var pending = _pending[id] = new PendingRequest(nodes);
        try
        {
            await TellAsync(request with { RequestId = id }).ConfigureAwait(false);
            await pending.Done.WaitAsync(timeout, _namespace.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What is missing is in the answer.
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
        return pending.Collect();
    }

    /// <inheritdoc/>
    public void Entered(string room) => _rooms.Enter(room);

    /// <inheritdoc/>
    public void Left(string room) => _rooms.Leave(room);

    /// <inheritdoc/>
    public void OnMessage(string channel, ReadOnlyMemory<byte> payload)
    {
        // A request may take its time, or itself wait for answers: these do not stand behind it.
        var inbox = _protocol.IsForAnswers(channel) ? _answers : _inbox;
        if (!inbox.TryAdd(channel, payload)) _warnings.Overrun.Add($"{payload.Length} bytes");
    }

    /// <inheritdoc/>
    /// <remarks>What was missed meanwhile is lost, as it is for all servers of Socket.IO; what our own nodes emit comes by the logs.</remarks>
    public void OnSubscribed()
    {
    }

    private async Task<int> CountOthersAsync()
    {
        try
        {
            var all = 0L;
            foreach (var reply in await _redis.ExecuteOnMastersAsync(_protocol.Count, CancellationToken.None).ConfigureAwait(false)) all += reply.Items[^1].AsInteger();
            return (int)Math.Max(0, _redis.IsSubscribed(_protocol.CountedTopic) ? all - 1 : all);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            throw new ClusterUnavailableException($"The other servers of {_namespace.Name} could not be asked: {e.Message}", e);
        }
    }

    /// <summary>Sends without waiting; in the order of the calls.</summary>
    private void Send(RedisCommand command) => _ = SendAsync(command);

    private async Task SendAsync(RedisCommand command)
    {
        try
        {
            await _redis.ExecuteAsync(command, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            _warnings.NotSent.Add(e.Message);
        }
    }

    private static int SizeOf(RedisCommand command) => command.Args[^1].Bytes.Length;
}
