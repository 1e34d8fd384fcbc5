using System.Threading.Channels;
using Arauto.Metrics;
using Arauto.Protocol;
using Arauto.Publishing;
using Microsoft.Extensions.Logging;

namespace Arauto.Ingestion;

/// <summary>Brings publications into the logs, in the order given. Safe for concurrent use.</summary>
/// <remarks>
/// Redis keeps nothing for who is not there, so what the log cannot take now is tried again for a while. One that has to be
/// tried again comes behind those that followed it.
/// </remarks>
internal sealed partial class PublicationIntake : IAsyncDisposable
{
    /// <summary>The most that wait.</summary>
    private const int MaxWaiting = 10_000;

    /// <summary>The most bytes that wait or are on their way.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most that are on their way into the log at once.</summary>
    private const int MaxPublishing = 1000;

    /// <summary>How often one is tried again that the log could not take: after 1, 2 and 4 seconds.</summary>
    private const int MaxRetries = 3;

    private readonly Channel<IntakeStep> _steps = Channel.CreateBounded<IntakeStep>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly SemaphoreSlim _publishing = new(MaxPublishing);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Publisher _publisher;
    private readonly ArautoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;
    private long _bytes;

    public PublicationIntake(Publisher publisher, ArautoMetrics metrics, TimeProvider time, ILogger logger)
    {
        _publisher = publisher;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Takes a step.</summary>
    /// <returns><see langword="false"/> if too many wait, and this one is not taken.</returns>
    public bool TryAdd(IntakeStep step)
    {
        if (Interlocked.Add(ref _bytes, step.Bytes) <= MaxBytes && _steps.Writer.TryWrite(step)) return true;
        Interlocked.Add(ref _bytes, -step.Bytes);
        return false;
    }

    /// <summary>Finishes what was given; what has to be tried again is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        _steps.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await WaitForAllAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _publishing.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var step in _steps.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (step.Publication is { } publication)
            {
                await _publishing.WaitAsync().ConfigureAwait(false);
                // Begins in the order given, which the log keeps.
                _ = PublishAsync(publication);
                continue;
            }
            await WaitForAllAsync().ConfigureAwait(false);
            await step.Action!().ConfigureAwait(false);
        }
    }

    private async Task WaitForAllAsync()
    {
        for (var i = 0; i < MaxPublishing; i++) await _publishing.WaitAsync().ConfigureAwait(false);
        _publishing.Release(MaxPublishing);
    }

    private async Task PublishAsync(Publication publication)
    {
        try
        {
            if (!ExternalMessage.TryRead(publication.Channel, publication.Payload, out var message, out var problem))
            {
                _metrics.ErrorSent(ErrorCode.InvalidMessage);
                Log.NotUnderstood(_logger, publication.Channel, problem);
                return;
            }
            var request = new PublishRequest { Channel = publication.Channel, Event = message.Event, Data = message.Data, Key = publication.Key };
            if (_publisher.Check(request) is { } invalid)
            {
                _metrics.ErrorSent(invalid.Code);
                Log.NotUnderstood(_logger, publication.Channel, invalid.Message);
            }
            else if (await TryPublishAsync(request, publication).ConfigureAwait(false) is { } error)
            {
                _metrics.ErrorSent(error.Code);
                Log.Lost(_logger, publication.Channel, error.Message);
            }
        }
        catch (OperationCanceledException)
        {
            Log.Lost(_logger, publication.Channel, "the node stopped before the log could take it");
        }
        catch (Exception e)
        {
            // One message must not end the taking of all others.
            Log.Failed(_logger, e, publication.Channel);
        }
        finally
        {
            Interlocked.Add(ref _bytes, -publication.Payload.Length);
            _publishing.Release();
        }
    }

    /// <returns>Why it is not in the log, or <see langword="null"/> if it is.</returns>
    private async ValueTask<ProtocolError?> TryPublishAsync(PublishRequest request, Publication publication)
    {
        for (var retry = 0; ; retry++)
        {
            var result = await _publisher.PublishAsync(request, publication.Rule, CancellationToken.None).ConfigureAwait(false);
            if (result.IsPublished) return null;
            if (retry == MaxRetries) return result.Error;
            await Task.Delay(TimeSpan.FromSeconds(1 << retry), _time, _stopping.Token).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2350, LogLevel.Warning, "What was published in Redis on {Channel} is not understood and dropped: {Problem}")]
        public static partial void NotUnderstood(ILogger logger, string channel, string problem);

        [LoggerMessage(2352, LogLevel.Error, "A message published in Redis on {Channel} was not taken by this node and may be lost: {Reason}")]
        public static partial void Lost(ILogger logger, string channel, string reason);

        [LoggerMessage(2354, LogLevel.Error, "A message published in Redis on {Channel} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string channel);
    }
}
