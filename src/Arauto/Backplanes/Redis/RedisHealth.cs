using System.Buffers.Binary;
using Arauto.Metrics;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

/// <summary>Whether other nodes can be told: this node sends itself a message by the way that hints go, and looks when it last heard one.</summary>
/// <remarks>
/// A connection that is up proves little: after a fail-over, or when the server forgot a subscription, commands work and
/// nothing is pushed. What this node hears of itself, others hear too.
/// </remarks>
internal sealed partial class RedisHealth : IRedisTopicHandler, IAsyncDisposable
{
    /// <summary>How often a canary is sent.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A canary that is older says that something is wrong: two may be late, the third is not.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(2);

    /// <summary>The most canaries that wait for the reply to their command; one does not wait for the former, whose way may take longer than the interval.</summary>
    private const int MaxUnderWay = 8;

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;
    private readonly IRedis _redis;
    private readonly CircuitBreaker _breaker;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisHealth> _logger;
    private readonly string _channel;
    private readonly TaskCompletionSource _firstHeard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedAt;
    private long _heardAt;
    private int _underWay;
    private bool? _wasUp;
    private Task _sending = Task.CompletedTask;

    /// <param name="redis">The Redis, without its breaker.</param>
    /// <param name="breaker">The breaker in front of others' commands; the canary goes past it, and is what closes it.</param>
    /// <param name="channel">The channel on which this node hears itself.</param>
    /// <param name="metrics">Where the state shows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public RedisHealth(IRedis redis, CircuitBreaker breaker, string channel, ArautoMetrics metrics, TimeProvider time, ILogger<RedisHealth> logger)
    {
        _redis = redis;
        _breaker = breaker;
        _channel = channel;
        _time = time;
        _logger = logger;
        _stop = _stopping.Token;
        _startedAt = _heardAt = time.GetTimestamp();
        metrics.WatchBackplane(() => IsUp, () => Age.TotalSeconds);
        metrics.WatchCircuit("redis", () => (double)_breaker.State);
    }

    /// <summary>Whether commands and pushes work.</summary>
    public bool IsUp => _redis.IsConnected && _breaker.State == CircuitState.Closed && _firstHeard.Task.IsCompleted && Age < Stale;

    /// <summary>What is wrong, in one line; <see langword="null"/> if nothing is.</summary>
    public string? Trouble
    {
        get
        {
            if (IsUp) return null;
            if (_redis.Trouble is { } trouble) return trouble;
            if (_breaker.State != CircuitState.Closed) return "failed too often; the circuit breaker is open";
            return $"nothing has been heard through it for {Age.TotalSeconds:0.0} s";
        }
    }

    private TimeSpan Age => _time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>Begins, and waits until the way is known to work, or until it is clear that it does not yet.</summary>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        _redis.Subscribe(RedisNames.Topic(_redis, _channel), this);
        _sending = SendAsync();
        try
        {
            await _firstHeard.Task.WaitAsync(Stale, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Away at the start is a state like any other; readiness says so.
        }
    }

    /// <inheritdoc/>
    public void OnMessage(string channel, ReadOnlyMemory<byte> payload)
    {
        // An old one that was held up on its way says nothing about now.
        if (payload.Length != 8) return;
        var sentAt = BinaryPrimitives.ReadInt64LittleEndian(payload.Span);
        if (_time.GetElapsedTime(sentAt) > Stale || sentAt <= Volatile.Read(ref _heardAt)) return;
        Volatile.Write(ref _heardAt, sentAt);
        _firstHeard.TrySetResult();
        _breaker.Close();
    }

    /// <inheritdoc/>
    /// <remarks>One at once: where connections are cut again and again, the next would come too late on each.</remarks>
    public void OnSubscribed() => SendOne();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task SendAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            do
            {
                SendOne();
                TellChange();
            }
            while (await timer.WaitForNextTickAsync(_stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void SendOne()
    {
        if (Interlocked.Increment(ref _underWay) <= MaxUnderWay) _ = SendOneAsync();
        else Interlocked.Decrement(ref _underWay);
    }

    private async Task SendOneAsync()
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, _time.GetTimestamp());
        try
        {
            await _redis.ExecuteAsync(RedisNames.Publish(_redis, _channel, payload), _stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.CanaryNotSent(_logger, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private void TellChange()
    {
        var isUp = IsUp;
        if (isUp == _wasUp) return;
        // At the start it is not known yet.
        if (_wasUp is null && !isUp && _time.GetElapsedTime(_startedAt) < Stale) return;
        _wasUp = isUp;
        if (isUp) Log.Up(_logger);
        else Log.Down(_logger, Trouble ?? "");
    }
}
