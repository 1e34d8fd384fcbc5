using System.Net;
using Arauto.Redis.Resp;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>The connection that carries everybody's commands to one master.</summary>
internal sealed class CommandLink(IServerLocator locator, RedisConnector connector, RedisClientOptions options, TimeProvider time, ILogger logger)
    : RedisLink(locator, options, time, logger)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly RedisClientOptions _options = options;
    private readonly TimeProvider _time = time;
    private readonly Lock _gate = new();
    private volatile Queue<PendingCommand>? _early;
    private volatile bool _isConfirming;
    private long _earlyBytes;
    private ITimer? _patience;

    /// <inheritdoc/>
    protected override TimeSpan MaxSilence => _options.CommandTimeout + Grace;

    /// <inheritdoc/>
    public override void Start()
    {
        // Only the first connection is waited for. Later there is one, or the caller hears at once that there is none.
        _early = new Queue<PendingCommand>();
        _patience = _time.CreateTimer(_ => FailOverdueEarly(), null, Tick, Tick);
        base.Start();
    }

    /// <summary>Sends a command and waits for its reply; see <see cref="IRedis.ExecuteAsync"/>.</summary>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken) =>
        ExecuteAsync(command, _time.GetDeadline(_options.CommandTimeout), isAsking: false, cancellationToken);

    /// <summary>Sends a command and waits for its reply; see <see cref="IRedis.ExecuteAsync"/>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="deadline">The timestamp at which waiting is over, for one that has waited elsewhere before.</param>
    /// <param name="isAsking">Whether <c>ASKING</c> goes in front.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, long deadline, bool isAsking, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<RedisReply>(cancellationToken);
        if (command.IsReplicated) _isConfirming = true;
        var pending = new PendingCommand(command, deadline) { IsAsking = isAsking };
        pending.CancelWith(cancellationToken);
        if (_early is not null && TryKeep(pending)) return pending.Reply;
        if (Current is { } connection) connection.Send(pending);
        else pending.Fail(NotConnected(Trouble));
        return pending.Reply;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        if (_patience is not null) await _patience.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Task<RedisConnection> OpenAsync(DnsEndPoint host, CancellationToken cancellationToken) =>
        connector.OpenMasterAsync(host, pushes: null, cancellationToken);

    /// <inheritdoc/>
    protected override void OnOpened(RedisConnection connection)
    {
        lock (_gate)
        {
            while (_early?.TryDequeue(out var pending) == true)
                if (!pending.IsOver) connection.Send(pending);
            _early = null;
        }
    }

    /// <inheritdoc/>
    protected override void OnTrouble(string trouble) => FailEarly(trouble);

    /// <inheritdoc/>
    protected override void Check(RedisConnection connection)
    {
        if (_isConfirming) connection.Send(new PendingRole([], connection.Deadline()));
        else if (connection.PendingCount == 0) connection.Send(new PendingPing(connection.Deadline()));
        _isConfirming = false;
    }

    private bool TryKeep(PendingCommand pending)
    {
        lock (_gate)
        {
            if (_early is null) return false;
            var bytes = _earlyBytes + RespWriter.Measure(pending.Command);
            if (_early.Count >= _options.MaxPendingCommands) pending.Fail(new RedisUnavailableException($"{_early.Count} commands wait for the first connection to Redis."));
            else if (bytes > _options.MaxPendingBytes) pending.Fail(new RedisUnavailableException($"More than {_options.MaxPendingBytes} bytes wait for the first connection to Redis."));
            else
            {
                _early.Enqueue(pending);
                _earlyBytes = bytes;
            }
            return true;
        }
    }

    private void FailOverdueEarly()
    {
        lock (_gate)
        {
            if (_early is null) _patience?.Dispose();
            var now = _time.GetTimestamp();
            foreach (var pending in _early ?? [])
                if (pending.Deadline <= now) pending.Fail(NotConnected($"It did not come within {_options.CommandTimeout.TotalSeconds} s."));
        }
    }

    private void FailEarly(string? trouble)
    {
        lock (_gate)
        {
            while (_early?.TryDequeue(out var pending) == true) pending.Fail(NotConnected(trouble));
            _early = null;
        }
    }

    private static RedisUnavailableException NotConnected(string? trouble) => new($"There is no connection to Redis. {trouble}");
}
