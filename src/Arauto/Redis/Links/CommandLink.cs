using System.Net;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>The connection that carries everybody's commands to one master.</summary>
internal sealed class CommandLink(IServerLocator locator, RedisConnector connector, RedisClientOptions options, TimeProvider time, ILogger logger)
    : RedisLink(locator, connector, options, time, logger)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly RedisClientOptions _options = options;
    private readonly TimeProvider _time = time;
    private volatile bool _isConfirming;

    /// <inheritdoc/>
    protected override TimeSpan MaxSilence => _options.CommandTimeout + Grace;

    /// <summary>Sends a command and waits for its reply; see <see cref="IRedis.ExecuteAsync"/>.</summary>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        if (command.IsReplicated) _isConfirming = true;
        return Current is { } connection ? connection.ExecuteAsync(command, cancellationToken) : ExecuteWhenConnectedAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task<RedisConnection> OpenAsync(RedisConnector connector, DnsEndPoint host, CancellationToken cancellationToken) =>
        connector.OpenMasterAsync(host, pushes: null, cancellationToken);

    /// <inheritdoc/>
    protected override void Check(RedisConnection connection)
    {
        if (_isConfirming) connection.Send(new PendingRole(connection.Deadline()));
        else if (connection.PendingCount == 0) connection.Send(new PendingPing(connection.Deadline()));
        _isConfirming = false;
    }

    /// <summary>Only the first connection is waited for. Later there is either one, or the caller hears at once that there is none.</summary>
    private async ValueTask<RedisReply> ExecuteWhenConnectedAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await FirstTry.WaitAsync(_options.CommandTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RedisUnavailableException($"There was no connection to Redis within {_options.CommandTimeout.TotalSeconds} s.", e);
        }
        var connection = Current ?? throw new RedisUnavailableException($"There is no connection to Redis. {Trouble}");
        return await connection.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
    }
}
