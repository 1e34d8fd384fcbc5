using System.Threading.Channels;
using Arauto.Protocol;
using Arauto.Publishing;
using Arauto.Stores;

namespace Arauto.Server.Demo.Map;

/// <summary>
/// Publishes what stands in the outbox, in order, and then takes it out. If the process ends in between, the next one
/// publishes it again under its key, which has no second effect: nothing is lost and nothing doubled.
/// </summary>
internal sealed partial class OutboxPublisher(MapDatabase database, IPublisher publisher, TimeProvider time, ILogger<OutboxPublisher> logger) : BackgroundService
{
    /// <summary>The channel that the map's pages listen to.</summary>
    public const string Channel = "updates";

    private const int Batch = 100;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // One signal stands for any number of edits, since each turn publishes all there is.
    private readonly Channel<bool> _signal = System.Threading.Channels.Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _failing;

    /// <summary>Tells that there may be something to publish.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // First without a signal: the process before this one may have left something.
                if (await PublishAllAsync(stoppingToken) is { } wait) await Task.Delay(wait, time, stoppingToken);
                else await _signal.Reader.ReadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left waits for the next start.
        }
    }

    /// <summary>Publishes until nothing waits.</summary>
    /// <returns>When to try again, if it could not.</returns>
    private async Task<TimeSpan?> PublishAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await database.RunAsync(session => session.Waiting(Batch), cancellationToken) is { Count: > 0 } waiting)
            {
                var (last, refusal) = await PublishAsync(waiting, cancellationToken);
                if (last is { } published) await database.RunAsync(session => session.Forget(published), CancellationToken.None);
                if (refusal is not null) return Failed(refusal.Message, refusal.RetryAfter);
            }
            if (_failing) Log.Recovered(logger);
            _failing = false;
            return null;
        }
        catch (StoreUnavailableException e)
        {
            return Failed(e.Message, null);
        }
    }

    /// <summary>Publishes one event after the other, up to the first that must wait.</summary>
    private async Task<(long? Last, ProtocolError? Refusal)> PublishAsync(IReadOnlyList<OutboxRow> rows, CancellationToken cancellationToken)
    {
        long? last = null;
        foreach (var row in rows)
        {
            var result = await publisher.PublishAsync(new PublishRequest { Channel = Channel, Event = row.Event, Data = row.Data, Key = row.Key }, cancellationToken);
            if (result.Error is { Code: ErrorCode.Unavailable or ErrorCode.RateLimited or ErrorCode.Internal } refusal) return (last, refusal);
            // Refused for good, such as by a limit on its size, it would hold up all that follow. Pages notice that a version is missing, and load the map.
            if (result.Error is { } error) Log.Refused(logger, row.Event, row.Revision, error.Message);
            last = row.Revision;
        }
        return (last, null);
    }

    private TimeSpan Failed(string reason, TimeSpan? wait)
    {
        if (!_failing) Log.Waiting(logger, reason);
        _failing = true;
        return wait ?? RetryAfter;
    }
}
