namespace Arauto.Redis;

/// <summary>A Redis: one server, the master that Sentinels name, or a Cluster. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Commands of all callers share one connection per server and are written in batches; pushed messages come over
/// another one, so that a slow command never delays them. Both connect again by themselves.</para>
/// <para>A command is sent at most once. One whose connection ends before the reply fails, and may have had its effect.</para>
/// </remarks>
internal interface IRedis : IAsyncDisposable
{
    /// <summary>Whether commands and subscriptions are spread over several masters, and published with <c>SPUBLISH</c>.</summary>
    bool IsCluster { get; }

    /// <summary>Whether every server that is needed answers now. A look at what is known, without a round trip.</summary>
    bool IsConnected { get; }

    /// <summary>Why it is not connected, fit for an operator; <see langword="null"/> while it is.</summary>
    string? Trouble { get; }

    /// <summary>Begins to connect; returns without waiting for the first connection.</summary>
    void Start();

    /// <summary>Sends a command and waits for its reply.</summary>
    /// <remarks>
    /// Before the very first connection commands wait for it; later, without a connection, they fail at once. Commands of
    /// one caller reach a server in the order of the calls. On a Cluster those may overtake each other that are given before
    /// its masters are known, and those whose slot moves at this moment; anywhere, calls of a script that the server has
    /// forgotten (<c>SCRIPT FLUSH</c>), which are sent again, are overtaken by what was sent behind them.
    /// </remarks>
    /// <exception cref="RedisException">The server answered with an error that would come again.</exception>
    /// <exception cref="RedisUnavailableException">The server says that it cannot now (it loads, is busy, is full, became a replica), there is no connection, it ended before the reply, the queue is full, or the time for commands is over.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the command may still have its effect.</exception>
    ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken);

    /// <summary>Sends the same command to every master, as <c>PUBSUB NUMSUB</c> needs; one master outside of a Cluster.</summary>
    /// <exception cref="RedisException">A server answered with an error.</exception>
    /// <exception cref="RedisUnavailableException">One of them cannot answer.</exception>
    ValueTask<RedisReply[]> ExecuteOnMastersAsync(RedisCommand command, CancellationToken cancellationToken);

    /// <summary>Wants a topic from now on, whatever becomes of connections. Each topic has one handler; wanting it again replaces the handler.</summary>
    void Subscribe(RedisTopic topic, IRedisTopicHandler handler);

    /// <summary>Does not want a topic any more.</summary>
    void Unsubscribe(RedisTopic topic);

    /// <summary>Whether the server has confirmed the subscription on the connection that is up now.</summary>
    bool IsSubscribed(RedisTopic topic);
}
