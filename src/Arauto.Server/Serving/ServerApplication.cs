using System.Net;
using Arauto.Server.Configuration;
using Arauto.Server.Demo;
using Arauto.Server.Logging;
using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;
using Arauto.Stores.Memory;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Arauto.Server.Serving;

/// <summary>The running server: the clients' addresses on one listener, metrics on another.</summary>
internal sealed partial class ServerApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MetricsListener? _metrics;
    private readonly IStore? _store;

    private ServerApplication(WebApplication app, MetricsListener? metrics, IStore? store)
    {
        _app = app;
        _metrics = metrics;
        _store = store;
    }

    /// <summary>Where clients connect.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Where Prometheus reads; <see langword="null"/> if nowhere.</summary>
    public Uri? MetricsAddress => _metrics?.Address;

    /// <summary>Opens the store and starts to listen.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be opened.</exception>
    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public static async Task<ServerApplication> StartAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Arauto.Server" });
        builder.Logging.AddArautoConsole(settings);
        ConfigureKestrel(builder.WebHost, settings);
        ConfigureServices(builder.Services);
        var logging = LoggerFactory.Create(logging => logging.AddArautoConsole(settings));
        builder.Services.AddSingleton(logging);
        var store = CreateStore(settings, logging);
        try
        {
            if (store is not null)
            {
                await store.OpenAsync(cancellationToken);
                builder.Services.AddSingleton(store);
            }
            builder.Services.AddArauto(settings.Auth, settings.Arauto);
            if (settings.Arauto.Development) builder.Services.AddDemo(settings.DataFolder);
            var app = builder.Build();
            MapEndpoints(app, settings);
            await app.StartAsync(cancellationToken);
            var metrics = settings.Metrics is { } listen ? await MetricsListener.StartAsync(listen, app.Services, cancellationToken) : null;
            var server = new ServerApplication(app, metrics, store);
            Log.Listening(logging.CreateLogger<ServerApplication>(), server.Address, server.MetricsAddress, settings.Arauto.Node, settings.EffectiveStore.ToString());
            return server;
        }
        catch
        {
            if (store is not null) await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when a signal came and the drain is over.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        if (_metrics is not null) await _metrics.DisposeAsync();
        await _app.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
    }

    /// <returns>The store, or <see langword="null"/> for that of the node's Redis, which the library brings.</returns>
    private static IStore? CreateStore(ServerSettings settings, ILoggerFactory logging)
    {
        var store = settings.EffectiveStore;
        var window = TimeSpan.FromHours(settings.Arauto.Limits.IdempotencyHours);
        if (store == StoreAddress.Redis) return null;
        if (store == StoreAddress.Memory)
        {
            var options = new MemoryStoreOptions();
            options.Log.IdempotencyWindow = window;
            return new MemoryStore(options, TimeProvider.System);
        }
        return new SqliteStore(
            new SqliteStoreOptions { Path = store.Path, IdempotencyWindow = window, PendingWrites = settings.Arauto.Limits.PendingPublishes },
            TimeProvider.System,
            logging.CreateLogger<SqliteStore>());
    }

    private static void ConfigureKestrel(ConfigureWebHostBuilder web, ServerSettings settings) => web.UseKestrelCore().UseSockets(SendInPlace).ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.Arauto.Limits.HttpBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.Arauto.Limits.HandshakeSeconds);
        // A token may stand in the query of a handshake.
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Listen(new IPEndPoint(settings.Listen.Address, settings.Listen.Port), listener => listener.Protocols = HttpProtocols.Http1);
    });

    /// <summary>
    /// Bytes are received on the thread that waits for the sockets and sent on the lane that has them, without a hop over
    /// the thread pool, whose waking and spinning costs more than the work: per delivery in rooms of four 28 instead of
    /// 85 microseconds of processor (perf/README.md, fanout). Either setting alone changes little.
    /// </summary>
    /// <remarks>
    /// The price: nothing that a request or a connection runs may block its thread; what is slow is started elsewhere.
    /// Whoever sets the runtime's variable to 0 gets the pool back for both.
    /// </remarks>
    private static void SendInPlace(Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.SocketTransportOptions sockets)
    {
        const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        // The runtime reads it once, when the process first waits for a socket, which is after this.
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null) Environment.SetEnvironmentVariable(InlineCompletions, "1");
        sockets.UnsafePreferInlineScheduling = Environment.GetEnvironmentVariable(InlineCompletions) == "1";
    }

    private static void ConfigureServices(IServiceCollection services)
    {
        services.AddRouting();
        services.AddOpenApi("v1", options => options.AddDocumentTransformer<ApiDescription>());
    }

    private static void MapEndpoints(WebApplication app, ServerSettings settings)
    {
        app.UseArauto();
        app.UseRouting();
        app.MapArauto(settings.SocketIo.Apply);
        app.MapChannelGateway();
        app.MapOpenApi("/openapi/{documentName}.json");
        if (settings.Arauto.Development) app.MapDemo();
    }
}
