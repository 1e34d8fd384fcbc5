using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

/// <summary>Both connections to one master: for commands and for pushes.</summary>
internal sealed class ServerPair(IServerLocator locator, RedisConnector connector, RedisClientOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>The connection for commands.</summary>
    public CommandLink Commands { get; } = new(locator, connector, options, time, logger);

    /// <summary>The connection for pushes.</summary>
    public PushLink Pushes { get; } = new(locator, connector, options, time, logger);

    /// <summary>Why one of them is not there; <see langword="null"/> while both are.</summary>
    public string? Trouble => Commands.Trouble ?? Pushes.Trouble;

    /// <summary>Begins to connect.</summary>
    public void Start()
    {
        Commands.Start();
        Pushes.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Commands.DisposeAsync().ConfigureAwait(false);
        await Pushes.DisposeAsync().ConfigureAwait(false);
    }
}
