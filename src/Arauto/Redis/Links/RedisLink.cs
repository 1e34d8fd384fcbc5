using System.Net;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>Keeps one connection to a server: opens it, watches it, opens it again.</summary>
internal abstract partial class RedisLink(IServerLocator locator, RedisClientOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How often a connection is looked at: the grain of the deadlines.</summary>
    protected static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Every how many ticks a server that says nothing is asked whether it is there, and the state compared.</summary>
    private const int TicksPerCheck = 10;

    /// <summary>A connection that lived so long was a good one: the next wait begins small again.</summary>
    private static readonly TimeSpan GoodLife = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private volatile RedisConnection? _current;
    private volatile string? _trouble = "It is not connected yet.";
    private DnsEndPoint? _movedTo;
    private bool _hasTried;
    private int _tries;

    /// <summary>What it connects to and what for, as operators read it.</summary>
    public required string Name { get; init; }

    /// <summary>Why there is no connection; <see langword="null"/> while there is one.</summary>
    public string? Trouble => _trouble ?? (_current is { Closed.IsCancellationRequested: true } over ? over.CloseReason : null);

    /// <summary>Called when a connection is lost or cannot be made. Must be quick and not throw.</summary>
    public Action? Troubled { get; init; }

    /// <summary>The connection, while there is one.</summary>
    protected RedisConnection? Current => _current;

    /// <summary>How long a server may say nothing while an answer is due.</summary>
    protected abstract TimeSpan MaxSilence { get; }

    /// <summary>Begins to connect.</summary>
    public virtual void Start() => _running = Task.Run(RunAsync);

    /// <summary>The server to connect to is another: ends a connection to any other, and tries at once.</summary>
    public void MoveTo(DnsEndPoint host)
    {
        RedisConnection? connection;
        lock (_gate)
        {
            _movedTo = host;
            connection = _current;
        }
        if (connection is not null && !connection.Host.Equals(host)) connection.Close($"the master is {host.Host}:{host.Port} now");
        Hurry();
    }

    /// <summary>Does not wait any longer before the next try.</summary>
    public void Hurry() => _hurry.TrySetResult();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _trouble = "The client is closed.";
        OnTrouble(_trouble);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a connection of this kind.</summary>
    protected abstract Task<RedisConnection> OpenAsync(DnsEndPoint host, CancellationToken cancellationToken);

    /// <summary>A connection is there. Called on the loop, before the first check.</summary>
    protected virtual void OnOpened(RedisConnection connection)
    {
    }

    /// <summary>There is no connection, or not any more. Called on the loop.</summary>
    protected virtual void OnTrouble(string trouble)
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
                lock (_gate) _movedTo = null;
                var host = await locator.LocateAsync(_stopping.Token).ConfigureAwait(false);
                var connection = await OpenAsync(host, _stopping.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false)) await UseAsync(connection).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (RedisUnavailableException e)
            {
                Lose(e.Message);
            }
            catch (Exception e)
            {
                // The link serves everybody for the life of the process: it must outlive a fault of ours.
                Log.Failed(logger, e, Name);
                Lose($"It failed: {e.Message}");
            }
            await PauseAsync().ConfigureAwait(false);
        }
    }

    private async Task UseAsync(RedisConnection connection)
    {
        var start = time.GetTimestamp();
        Publish(connection);
        _trouble = null;
        Log.Connected(logger, Name, connection.Host.Host, connection.Host.Port);
        OnOpened(connection);
        await WatchAsync(connection).ConfigureAwait(false);
        if (time.GetElapsedTime(start) > GoodLife) _tries = 0;
        // The trouble first: nobody may see neither of them.
        Lose($"The connection to Redis at {connection.Host.Host}:{connection.Host.Port} ended: {connection.CloseReason}");
        _current = null;
    }

    /// <summary>Makes the connection everybody's, unless the server moved while it was being opened: the old one may still call itself master.</summary>
    private void Publish(RedisConnection connection)
    {
        lock (_gate)
        {
            if (_movedTo is { } host && !host.Equals(connection.Host))
                throw new RedisUnavailableException($"The server moved to {host.Host}:{host.Port} while {connection.Host.Host}:{connection.Host.Port} was being connected to.");
            _current = connection;
        }
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

    private void Lose(string trouble)
    {
        if (_stopping.IsCancellationRequested) return;
        if (_trouble is null || !_hasTried) Log.Lost(logger, Name, trouble);
        _hasTried = true;
        _trouble = trouble;
        OnTrouble(trouble);
        Troubled?.Invoke();
    }

    /// <summary>Random over the whole range, so that clients that lost a server together do not come back together.</summary>
    private async Task PauseAsync()
    {
        var ceiling = Math.Min(options.FirstReconnectDelay.TotalMilliseconds * (1L << Math.Min(_tries, 30)), options.MaxReconnectDelay.TotalMilliseconds);
        _tries++;
        var delay = TimeSpan.FromMilliseconds(Math.Max(1, ceiling * Random.Shared.NextDouble()));
        await _hurry.Task.WaitAsync(delay, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
