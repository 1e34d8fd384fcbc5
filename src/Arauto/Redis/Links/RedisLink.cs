using System.Net;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>Keeps one connection to a master: opens it, watches it, opens it again.</summary>
internal abstract partial class RedisLink(IServerLocator locator, RedisConnector connector, RedisClientOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How often a connection is looked at: the grain of the deadlines.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Every how many ticks a server that says nothing is asked whether it is there, and the state compared.</summary>
    private const int TicksPerCheck = 10;

    /// <summary>A connection that lived so long was a good one: the next wait begins small again.</summary>
    private static readonly TimeSpan GoodLife = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstTry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private volatile RedisConnection? _current;
    private volatile string? _trouble = "It is not connected yet.";
    private int _tries;

    /// <summary>Why there is no connection; <see langword="null"/> while there is one.</summary>
    public string? Trouble => _trouble;

    /// <summary>The connection, while there is one.</summary>
    protected RedisConnection? Current => _current;

    /// <summary>Over when the first try to connect has succeeded or failed.</summary>
    protected Task FirstTry => _firstTry.Task;

    /// <summary>How long a server may say nothing while an answer is due.</summary>
    protected abstract TimeSpan MaxSilence { get; }

    /// <summary>Begins to connect.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Ends the connection, so that it is made again, and the server looked for anew.</summary>
    public void Reconnect(string reason) => _current?.Close(reason);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _firstTry.TrySetResult();
        _trouble = "The client is closed.";
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a connection of this kind.</summary>
    protected abstract Task<RedisConnection> OpenAsync(RedisConnector connector, DnsEndPoint host, CancellationToken cancellationToken);

    /// <summary>A connection is there. Called on the loop, before the first check.</summary>
    protected virtual void OnOpened(RedisConnection connection)
    {
    }

    /// <summary>Looks at the connection, about every second.</summary>
    protected abstract void Check(RedisConnection connection);

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var host = await locator.LocateAsync(_stopping.Token).ConfigureAwait(false);
                var connection = await OpenAsync(connector, host, _stopping.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false)) await UseAsync(connection).ConfigureAwait(false);
            }
            catch (RedisUnavailableException e)
            {
                Lost(e.Message);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The link serves everybody for the life of the process: it must outlive a fault of ours.
                Log.Failed(logger, e, GetType().Name);
                Lost($"It failed: {e.Message}");
            }
            _firstTry.TrySetResult();
            if (!_stopping.IsCancellationRequested) await Task.Delay(NextDelay(), time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task UseAsync(RedisConnection connection)
    {
        var start = time.GetTimestamp();
        _current = connection;
        if (_trouble is not null) Log.Connected(logger, GetType().Name, connection.Host.Host, connection.Host.Port);
        _trouble = null;
        OnOpened(connection);
        _firstTry.TrySetResult();
        await WatchAsync(connection).ConfigureAwait(false);
        _current = null;
        if (time.GetElapsedTime(start) > GoodLife) _tries = 0;
        if (!_stopping.IsCancellationRequested) Lost($"The connection to Redis at {connection.Host.Host}:{connection.Host.Port} ended: {connection.CloseReason}");
    }

    private async Task WatchAsync(RedisConnection connection)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(connection.Closed, _stopping.Token);
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            for (var tick = 1; await timer.WaitForNextTickAsync(over.Token).ConfigureAwait(false); tick++)
            {
                connection.FailOverdue();
                if (connection.Silence > MaxSilence && connection.PendingCount > 0) connection.Close($"it said nothing for {MaxSilence.TotalSeconds:0.#} s");
                else if (tick % TicksPerCheck == 0) Check(connection);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The connection ended, or nobody needs it any more.
        }
    }

    private void Lost(string trouble)
    {
        if (_trouble is null || !_firstTry.Task.IsCompleted) Log.Lost(logger, GetType().Name, trouble);
        _trouble = trouble;
    }

    /// <summary>Random over the whole range, so that clients that lost a server together do not come back together.</summary>
    private TimeSpan NextDelay()
    {
        var ceiling = Math.Min(options.FirstReconnectDelay.TotalMilliseconds * (1L << Math.Min(_tries, 30)), options.MaxReconnectDelay.TotalMilliseconds);
        _tries++;
        return TimeSpan.FromMilliseconds(Math.Max(1, ceiling * Random.Shared.NextDouble()));
    }
}
