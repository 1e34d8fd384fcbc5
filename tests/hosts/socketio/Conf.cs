using Arauto.EngineIo;
using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>For the suites of both protocols: short intervals, Engine.IO that echoes beside Socket.IO that echoes.</summary>
internal static class Conf
{
    public static void Map(WebApplication application) => Map(application, TimeSpan.FromMilliseconds(200));

    /// <summary>For our own tests: the same with time to answer a ping, also for a client on a busy machine.</summary>
    public static void MapPatient(WebApplication application) => Map(application, TimeSpan.FromSeconds(10));

    private static void Map(WebApplication application, TimeSpan pingTimeout)
    {
        var options = new EngineIoOptions();
        Configure(options, pingTimeout);
        application.MapEngineIo("/engine.io/", options, new Echo());

        application.MapSocketIo("/socket.io/", socketIo =>
        {
            Configure(socketIo.Engine, pingTimeout);
            socketIo.AllowAnonymous = true;
            socketIo.Recovery = false;
            socketIo.ConnectTimeout = TimeSpan.FromSeconds(1);
        });
        application.MapGateway("/")
            .OnConnected(EmitAuth)
            .On("message", (Socket socket, EventArguments arguments) => socket.EmitAsync("message-back", arguments))
            .On("message-with-ack", Acknowledge);
        application.MapGateway("/custom").OnConnected(EmitAuth);
    }

    /// <summary>Tells a client what it sent to join.</summary>
    public static ValueTask EmitAuth(Socket socket) => socket.EmitAsync("auth", socket.Handshake.Auth);

    /// <summary>Answers an event with its arguments.</summary>
    public static EventArguments Acknowledge(EventArguments arguments) => arguments;

    private static void Configure(EngineIoOptions options, TimeSpan pingTimeout)
    {
        options.PingInterval = TimeSpan.FromMilliseconds(300);
        options.PingTimeout = pingTimeout;
        options.Origins.Add("*");
        options.CheckLimits = false;
    }
}
