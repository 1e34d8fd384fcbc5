using System.Net;
using System.Security.Cryptography;
using Arauto.Auth;
using Arauto.Options;

namespace Arauto.SocketIoHost;

/// <summary>What the applications of the suites have in common.</summary>
internal static class Applications
{
    public static WebApplication Create(int port, Action<WebApplication> map, Action<ArautoOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<ITokenValidator, Anyone>();
        builder.Services.AddArauto(new AuthOptions { JwtSecret = RandomNumberGenerator.GetHexString(64) }, options =>
        {
            // The suites stop the host between runs and do not wait for it.
            options.Drain.DeadlineSeconds = 1;
            options.Drain.SpreadSeconds = 0;
            // What a client may send in one message comes back in one.
            options.Limits.MessageBytes = 4 * 1024 * 1024;
            options.Limits.OutboundQueueBytes = 32 * 1024 * 1024;
            options.Limits.CommandsPerSecond = 0;
            options.Limits.ConnectionsPerUser = 0;
            configure?.Invoke(options);
        });
        var application = builder.Build();
        map(application);
        return application;
    }
}
