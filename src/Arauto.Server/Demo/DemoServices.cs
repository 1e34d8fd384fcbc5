using Arauto.Server.Demo.Map;

namespace Arauto.Server.Demo;

/// <summary>What the demo needs among the application's services.</summary>
internal static class DemoServices
{
    /// <summary>Adds the service behind the live map. Call it in development mode only, after <c>AddArauto</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="dataFolder">Where the map's database, <c>map.db</c>, is kept.</param>
    public static IServiceCollection AddDemo(this IServiceCollection services, string dataFolder) => services
        .AddSingleton(provider => new MapDatabase(Path.Combine(dataFolder, "map.db"), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<OutboxPublisher>()
        .AddHostedService(provider => provider.GetRequiredService<OutboxPublisher>())
        .AddSingleton<LiveMap>()
        .AddSingleton<MapEndpoints>();
}
