using System.Net;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>Both connections to one master: for commands and for pushes.</summary>
/// <param name="locator">Says which server it is.</param>
/// <param name="connector">Opens connections.</param>
/// <param name="options">How the client behaves.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The client's log.</param>
/// <param name="troubled">Called when there may be another server for what this one has. Must be quick and not throw.</param>
internal sealed class ServerPair(IServerLocator locator, RedisConnector connector, RedisClientOptions options, TimeProvider time, ILogger logger, Action? troubled = null) : IAsyncDisposable
{
    /// <summary>The connection for commands.</summary>
    public CommandLink Commands { get; } = new(locator, connector, options, time, logger) { Name = "Redis (commands)", Troubled = troubled };

    /// <summary>The connection for pushes.</summary>
    public PushLink Pushes { get; } = new(locator, (host, link, token) => connector.OpenMasterAsync(host, link, token), options, time, logger) { Name = "Redis (pushes)", Troubled = troubled };

    /// <summary>Why one of them is not there; <see langword="null"/> while both are.</summary>
    public string? Trouble => Commands.Trouble ?? Pushes.Trouble;

    /// <summary>Begins to connect.</summary>
    public void Start()
    {
        Commands.Start();
        Pushes.Start();
    }

    /// <summary>The server is another now.</summary>
    public void MoveTo(DnsEndPoint host)
    {
        Commands.MoveTo(host);
        Pushes.MoveTo(host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Commands.DisposeAsync().ConfigureAwait(false);
        await Pushes.DisposeAsync().ConfigureAwait(false);
    }
}
