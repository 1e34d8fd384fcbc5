using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>For the suite of the JavaScript client of Socket.IO.</summary>
internal static class Sioc
{
    public static void Map(WebApplication application)
    {
        application.MapSocketIo("/socket.io/", socketIo =>
        {
            socketIo.Engine.PingInterval = TimeSpan.FromSeconds(2);
            socketIo.Engine.Origins.Add("*");
            socketIo.Engine.CheckLimits = false;
            // Some tests let the client's own time-out of 0 ms expire first.
            socketIo.Engine.AllowRequest = async context =>
            {
                await Task.Delay(10, context.RequestAborted);
                return null;
            };
            socketIo.AllowAnonymous = true;
        });
        application.MapGateway<SiocGateway>("/").On("echo", (EventArguments arguments) => arguments);
        application.MapGateway("/foo").On("getId", (Socket socket) => socket.Id);
        application.MapGateway("/abc").OnConnected((Socket socket) => socket.EmitAsync("handshake", HandshakeView.Of(socket.Handshake)));
        foreach (var name in (string[])["/asd", "/valid", "/timeout_socket"]) application.MapGateway(name);
        application.MapGateway("/no").OnConnecting((ConnectContext context) => context.Refuse("Auth failed (custom namespace)"));
    }
}
