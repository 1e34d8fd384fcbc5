using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

/// <summary>Logs in Redis, where all nodes find them. Each member is one script, so that what it sees and does is of one moment.</summary>
/// <remarks>
/// <para>An append also tells the nodes that listen (<see cref="AppendResult.IsHinted"/>).</para>
/// <para>A server that starts, or becomes the master, may have lost the newest messages. The first append that it takes begins an
/// epoch that continues the one before, so no position ever names two messages; see <see cref="LogPage.Past"/>.</para>
/// </remarks>
/// <param name="redis">Where it is.</param>
/// <param name="keys">The names.</param>
/// <param name="options">For how long it remembers.</param>
/// <param name="durability">Whether the data survive the server.</param>
/// <param name="rooms">Is told of activity in rooms; <see langword="null"/> if rooms are elsewhere.</param>
/// <param name="time">The clock for ages and keys.</param>
/// <param name="logger">Where damage is told.</param>
internal sealed partial class RedisChannelLog(
    IRedis redis, RedisKeys keys, RedisLogOptions options, RedisDurability durability, RoomActivity? rooms, TimeProvider time, ILogger<RedisChannelLog> logger) : IChannelLog
{
    /// <summary>The bytes at which a page ends though more messages were asked for.</summary>
    private const int MaxPageBytes = 4 * 1024 * 1024;

    private const int MaxTopsPerCall = 500;

    private static readonly RedisScript Append = RedisScript.Embedded(typeof(RedisChannelLog), "log.lua", "append.lua");
    private static readonly RedisScript Read = RedisScript.Embedded(typeof(RedisChannelLog), "log.lua", "read.lua");
    private static readonly RedisScript Tops = RedisScript.Embedded(typeof(RedisChannelLog), "log.lua", "tops.lua");
    private static readonly RedisScript Reset = RedisScript.Embedded(typeof(RedisChannelLog), "log.lua", "reset.lua");

    private readonly RedisLives _lives = new(options);
    private readonly ToldChannels _damaged = new();
    private readonly RedisArg _publish = redis.IsCluster ? "SPUBLISH" : "PUBLISH";

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var reply = await redis.AskAsync(AppendCommand(request), cancellationToken).ConfigureAwait(false);
        var result = ReadResult(request, reply);
        rooms?.Touch(request.Channel);
        return result with { IsDurable = await durability.IsDurableAsync(reply.Items[4].AsString() ?? "").ConfigureAwait(false) };
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken)
    {
        var reader = new RedisPageReader(channel, after, isForward: true);
        return ReadAsync(reader, "XRANGE", Math.Max(0, after == long.MaxValue ? after : after + 1), limit, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken)
    {
        var reader = new RedisPageReader(channel, before, isForward: false);
        return ReadAsync(reader, "XREVRANGE", Math.Max(1, before) - 1, limit, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channels);
        cancellationToken.ThrowIfCancellationRequested();
        var tops = new Position[channels.Count];
        var calls = Enumerable.Range(0, channels.Count)
            .GroupBy(i => keys.Base(channels[i]), StringComparer.Ordinal)
            .SelectMany(group => group.Chunk(MaxTopsPerCall).Select(some => ReadTopsAsync(group.Key, channels, some, tops, cancellationToken)));
        var failures = await Task.WhenAll(calls).ConfigureAwait(false);
        if (Array.Find(failures, failure => failure is not null) is { } failure && !Array.Exists(tops, top => top.Epoch != Epoch.None)) throw failure;
        foreach (var channel in channels) rooms?.Touch(channel);
        return tops;
    }

    /// <inheritdoc/>
    public async ValueTask ResetAsync(string channel, CancellationToken cancellationToken) => await redis.AskAsync(
        RedisCommand.Call(
            Reset,
            [keys.Messages(channel), keys.State(channel), keys.Base(channel)],
            [RedisArg.ServerRun, _lives.Shortest, RedisEpochs.DrawBase(), RedisEpochs.DrawGeneration()],
            isReplicated: true),
        cancellationToken).ConfigureAwait(false);

    private RedisCommand AppendCommand(AppendRequest request)
    {
        var channel = request.Channel;
        var (messages, state) = _lives.Of(channel, request.Retention);
        ReadOnlySpan<RedisArg> names = [keys.Messages(channel), keys.State(channel), keys.Base(channel)];
        if (request.Key is not null) names = [.. names, keys.Remembered(channel, request.Key)];
        return RedisCommand.Call(
            Append,
            names,
            [
                RedisArg.ServerRun,
                Now,
                MessageRecord.Encode(request.Id, request.Timestamp, request.Event, request.From, request.Envelope, request.Data.Span),
                request.Retention.MaxMessages,
                RedisLives.Milliseconds(request.Retention.MaxAge),
                messages,
                state,
                RedisEpochs.DrawBase(),
                RedisEpochs.DrawGeneration(),
                _publish,
                keys.Hints(channel),
                $"{request.Id:D} {request.CorrelationId}",
                RedisLives.Milliseconds(options.IdempotencyWindow),
            ],
            isReplicated: true);
    }

    private static AppendResult ReadResult(AppendRequest request, in RedisReply reply)
    {
        try
        {
            if (reply.Items.Length != 5 || !Epoch.TryParse(reply.Items[0].AsString(), out var epoch)) throw new RedisException("ERR The reply to an append has another form.");
            var position = new Position(epoch, reply.Items[1].AsInteger());
            if (reply.Items[2].AsInteger() == 0) return new AppendResult(request.Id, position, request.CorrelationId, IsDuplicate: false, IsHinted: true);
            var answer = reply.Items[3].AsString()!.Split(' ', 2);
            if (answer.Length != 2 || !Guid.TryParseExact(answer[0], "D", out var id)) throw new RedisException("ERR The answer that is remembered with the key has another form.");
            return new AppendResult(id, position, answer[1], IsDuplicate: true, IsHinted: true);
        }
        catch (RedisException exception)
        {
            throw RedisCalls.Refused(exception);
        }
    }

    private async ValueTask<LogPage> ReadAsync(RedisPageReader reader, string command, long start, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var channel = reader.Channel;
        var reply = await redis.AskAsync(
            RedisCommand.Call(
                Read,
                [keys.Messages(channel), keys.State(channel), keys.Base(channel)],
                [Now, command, start, limit, MaxPageBytes, RedisEpochs.DrawBase()]),
            cancellationToken).ConfigureAwait(false);
        try
        {
            var page = reader.Take(reply, _lives.Shortest);
            if (reader.Damaged is { } offset && _damaged.TryAdd(channel)) Log.Damaged(logger, channel, offset);
            return page;
        }
        catch (RedisException exception)
        {
            throw RedisCalls.Refused(exception);
        }
    }

    /// <returns>Why tops are missing; <see langword="null"/> if none are.</returns>
    private async Task<StoreUnavailableException?> ReadTopsAsync(string baseKey, IReadOnlyList<string> channels, int[] indexes, Position[] tops, CancellationToken cancellationToken)
    {
        StoreUnavailableException? failure = null;
        try
        {
            var reply = await redis.AskAsync(
                RedisCommand.Call(Tops, [baseKey, .. indexes.Select(i => keys.State(channels[i]))], [RedisEpochs.DrawBase()]), cancellationToken).ConfigureAwait(false);
            if (reply.Items.Length != 2 * indexes.Length) throw new RedisException("ERR The reply to a look at tops has another form.");
            for (var i = 0; i < indexes.Length; i++)
            {
                if (Epoch.TryParse(reply.Items[2 * i].AsString(), out var epoch)) tops[indexes[i]] = new Position(epoch, reply.Items[(2 * i) + 1].AsInteger());
                else failure = TellBroken(channels[indexes[i]]);
            }
        }
        catch (RedisException exception)
        {
            failure = RedisCalls.Refused(exception);
        }
        catch (StoreUnavailableException exception)
        {
            failure = exception;
        }
        return failure;
    }

    private StoreUnavailableException TellBroken(string channel)
    {
        if (_damaged.TryAdd(channel)) Log.Broken(logger, channel);
        return new StoreUnavailableException($"Redis refuses: the state of \"{channel}\" is damaged.");
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
}
