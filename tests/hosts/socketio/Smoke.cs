using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>For suites of the Python client.</summary>
internal static class Smoke
{
    public static void Map(WebApplication application)
    {
        application.MapSocketIo("/socket.io/", socketIo =>
        {
            socketIo.Engine.PingInterval = TimeSpan.FromSeconds(1);
            socketIo.Engine.PingTimeout = TimeSpan.FromSeconds(5);
            socketIo.Engine.Origins.Add("*");
            socketIo.Engine.CheckLimits = false;
            socketIo.AllowAnonymous = true;
            socketIo.Recovery = false;
        });
        application.MapGateway<SmokeGateway>("/").On("message-with-ack", Conf.Acknowledge);
        application.MapGateway<SmokeGateway>("/custom").On("message-with-ack", Conf.Acknowledge);
        application.MapGateway("/no").OnConnecting((ConnectContext context) => context.Refuse("Auth failed (custom namespace)", new { code = 42 }));
    }
}
