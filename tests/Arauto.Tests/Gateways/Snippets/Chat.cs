using Arauto;
using Arauto.Gateways;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Snippets.Chat;

public sealed record Line(string User, string Text);

internal static class Program
{
    public static void Map(WebApplication app)
    {
        app.MapGateway("/chat")
            .AddFilter(async (context, next) => context.Socket.User == "mallory"
                ? throw new GatewayException("Not you.")
                : await next(context))
            .OnConnecting((ConnectContext context) =>
            {
                if (context.Handshake.Auth.TryGetProperty("banned", out _)) context.Refuse("Banned");
            })
            .OnConnected(async (Socket socket) => await socket.JoinAsync("lobby"))
            .On("say", async (Socket socket, string text) => await socket.To("lobby").EmitAsync("said", new Line(socket.User, text)), perSecond: 5)
            .On("who", (Socket socket) => socket.User)
            .OnAny((EventContext context) => Console.WriteLine($"{context.Socket.Id} {context.Event}"))
            .OnDisconnected((Socket socket, string reason) => Console.WriteLine($"{socket.Id} {reason}"));

        app.MapPost("/announce", async (HttpRequest request, SocketServer server) =>
        {
            var text = await new StreamReader(request.Body).ReadToEndAsync();
            await server.Of("/chat").To("lobby").EmitAsync("announcement", text);
            await server.ServerSideEmitAsync("/documents", "document_closed", "d1");
        });
    }

    public static async Task AskAsync(Socket socket, Emitter clients)
    {
        var answer = await socket.Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync("confirm", "Really?");
        var yes = answer.Get<bool>(0);

        await clients.In("lobby").Except("muted").EmitAsync("quiet", yes);
        await socket.Broadcast.Volatile.EmitAsync("pointer", 3, 4);
        await clients.In("lobby").SocketsJoinAsync("archive");
        await clients.In("spam").DisconnectSocketsAsync();
    }
}
