namespace Arauto.SocketIoHost;

/// <summary>For our own tests with clients of other makers: what <see cref="Smoke"/> does, with recovery and the default intervals.</summary>
internal static class Clients
{
    public static void Map(WebApplication application)
    {
        application.MapSocketIo("/socket.io/", socketIo =>
        {
            socketIo.Engine.Origins.Add("*");
            socketIo.Engine.CheckLimits = false;
            socketIo.AllowAnonymous = true;
        });
        application.MapGateway<ClientsGateway>("/").On("message-with-ack", Conf.Acknowledge);
    }
}
