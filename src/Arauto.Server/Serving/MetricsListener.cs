using System.Net;
using Arauto.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Arauto.Server.Serving;

/// <summary><c>/metrics</c> on an address of its own, so that it need not be reachable by clients.</summary>
internal sealed class MetricsListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MetricsListener(WebApplication app) => _app = app;

    /// <summary>Where Prometheus reads.</summary>
    public Uri Address => new(new Uri(_app.Urls.First()), "/metrics");

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<MetricsListener> StartAsync(ListenAddress listen, IServiceProvider node, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(node.GetRequiredService<ILoggerFactory>());
        // The main host drains on signals; this one ends with it.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(new IPEndPoint(listen.Address, listen.Port), listener => listener.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapArautoMetrics(node);
        await app.StartAsync(cancellationToken);
        return new MetricsListener(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
