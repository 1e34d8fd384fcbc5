using Arauto.Backplanes;
using Arauto.Channels;
using Arauto.Feeds;
using Arauto.Limits;
using Arauto.Logs;
using Arauto.Metrics;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Stores;
using Microsoft.Extensions.Logging;

namespace Arauto.Publishing;

/// <summary>The only way in for a message, whichever entry it came through. Safe for concurrent use.</summary>
/// <remarks>
/// In order: 1 the channel's rule, 2 the bound on waiting publishes, 3 the log assigns the offset and remembers the key,
/// 4 this node's feed is told, 5 the other nodes are told. The publisher is answered after 3 to 5, never after a
/// subscriber's socket.
/// </remarks>
internal sealed partial class Publisher(
    ChannelRules rules,
    FeedRegistry feeds,
    IBackplane backplane,
    ArautoOptions options,
    ArautoMetrics metrics,
    TimeProvider time,
    ILogger<Publisher> logger) : IPublisher
{
    private static readonly TimeSpan RetryWhenUnavailable = TimeSpan.FromSeconds(1);
    private readonly LimitOptions _limits = options.Limits;
    private int _pending;

    /// <summary>How many publishes wait for the log.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <inheritdoc/>
    public async Task<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        if (Check(request) is { } invalid) return PublishResult.Refused(invalid);
        if (!rules.TryFind(request.Channel, out var rule)) return PublishResult.Refused(ChannelRules.Unknown(request.Channel));
        // Yielding: the log completes on the thread that commits, where a caller's code has no business.
        return await PublishAsync(request, rule, cancellationToken).AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    /// <summary>Publishes on a channel whose rule is known and whose request was checked by its decoder.</summary>
    /// <remarks>The continuation may run on the thread that commits; it must be short and not block.</remarks>
    public async ValueTask<PublishResult> PublishAsync(PublishRequest request, ChannelRule rule, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _pending) > _limits.PendingPublishes)
        {
            Interlocked.Decrement(ref _pending);
            return PublishResult.Refused(new ProtocolError(ErrorCode.Unavailable, "Too many messages wait for the log; try again.", RetryWhenUnavailable));
        }
        try
        {
            return await AppendAndHintAsync(request, rule, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.LogUnavailable(logger, request.Channel, request.CorrelationId, e.Message);
            return PublishResult.Refused(new ProtocolError(
                ErrorCode.Unavailable, "The message could not be stored; repeat it with the same key.", RetryWhenUnavailable));
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private async ValueTask<PublishResult> AppendAndHintAsync(PublishRequest request, ChannelRule rule, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var timestamp = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var append = new AppendRequest
        {
            Channel = request.Channel,
            Event = request.Event,
            Data = request.Data,
            Envelope = request.Envelope,
            Timestamp = timestamp,
            Id = id,
            From = request.From,
            Key = request.Key is null ? null : $"{request.From}\n{request.Key}",
            CorrelationId = request.CorrelationId ?? id.ToString(),
            Retention = rule.Retention,
        };
        var result = await rule.Log.AppendAsync(append, cancellationToken).ConfigureAwait(false);
        if (result.IsDuplicate)
        {
            Log.Repeated(logger, request.Channel, result.MessageId, result.CorrelationId);
            // The first answer again. A hint that had been lost is made up for by the feeds' comparison with the log.
            return PublishResult.Published(OutcomeOf(result, result.IsLocal ? Fanout.Local : Fanout.Full), isRepetition: true);
        }
        var message = new MessageFrame
        {
            Event = append.Event,
            Channel = append.Channel,
            Data = append.Data,
            Timestamp = timestamp,
            Id = id,
            Position = result.Position,
            From = append.From,
            Envelope = append.Envelope,
        };
        feeds.Hint(new SharedFrame(message, started));
        var fanout = result.IsLocal ? Fanout.Local : result.IsHinted ? backplane.Hinted() : backplane.Send(message);
        Log.Published(logger, request.Channel, id, result.Position.Offset, append.CorrelationId);
        metrics.PublishTook(time.GetElapsedTime(started));
        return PublishResult.Published(OutcomeOf(result, fanout), isRepetition: false);
    }

    private static PublishOutcome OutcomeOf(in AppendResult result, Fanout fanout) =>
        new(result.MessageId, result.Position, result.IsDurable, fanout, result.CorrelationId);

    /// <summary>What is wrong with a request that no decoder has checked; <see langword="null"/> if nothing is.</summary>
    public ProtocolError? Check(PublishRequest request)
    {
        if (!ChannelName.IsValid(request.Channel))
            return new ProtocolError(ErrorCode.InvalidChannel, "The channel's name must have 1 to 255 printable characters without white space, comma and asterisk.");
        if (ReservedWords.CheckEvent(request.Event) is { } invalid) return invalid;
        if (request.Data.Length > _limits.MessageBytes)
            return new ProtocolError(ErrorCode.TooLarge, $"The data has {request.Data.Length} bytes; the limit is {_limits.MessageBytes} (limits.messageBytes).");
        if (request.Key is { Length: 0 or > 128 })
            return new ProtocolError(ErrorCode.InvalidMessage, "The idempotency key must have 1 to 128 characters.");
        return JsonPayload.Check(request.Data.Span);
    }
}
