using Arauto.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client.</summary>
public static class ArautoClientServiceCollectionExtensions
{
    /// <summary>
    /// Registers one <see cref="ArautoClient"/> for the whole process; the container disposes it. It logs with the
    /// container's logging and takes its clock from a registered <see cref="TimeProvider"/>, unless the options say otherwise.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets at least <see cref="ArautoClientOptions.Url"/>. A wrong option throws when the client is first asked for.</param>
    public static IServiceCollection AddArautoClient(this IServiceCollection services, Action<ArautoClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ArautoClientOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            options.Logger = provider.GetService<ILogger<ArautoClient>>();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? TimeProvider.System;
            configure(options);
        });
        return services.AddSingleton(provider => new ArautoClient(provider.GetRequiredService<IOptions<ArautoClientOptions>>().Value));
    }
}
