using System.Text.Json;
using Arauto.Gateways;
using Arauto.Options;

namespace Arauto.SocketIoHost;

/// <summary>One server of a cluster: what its code can do to sockets anywhere, on a client's order.</summary>
internal static class Member
{
    private static readonly string[] Namespaces = ["/", "/odd[a]*"];

    public static void Configure(ArautoOptions options, string redis, string adapter, string mode)
    {
        options.Redis = redis;
        options.SocketCluster.Adapter = Enum.Parse<SocketAdapter>(adapter, ignoreCase: true);
        options.SocketCluster.SubscriptionMode = Enum.Parse<SocketSubscriptionMode>(mode, ignoreCase: true);
        options.SocketCluster.RequestsTimeoutSeconds = 3;
    }

    public static void Map(WebApplication application)
    {
        application.MapSocketIo("/socket.io/", socketIo =>
        {
            socketIo.Engine.Origins.Add("*");
            socketIo.Engine.CheckLimits = false;
            socketIo.AllowAnonymous = true;
            // Without it events come exactly as they were sent, and so as the other servers deliver them.
            socketIo.Recovery = false;
        });
        foreach (var ns in Namespaces) Map(application.MapGateway(ns));
    }

    private static void Map(GatewayBuilder gateway) => gateway
        .On("join", (Socket socket, string room) => socket.JoinAsync(room))
        .On("note", (Socket socket, JsonElement note) => { socket.Data["note"] = note; })
        .On("broadcast-others", (Socket socket, string name, EventArguments rest) => socket.Broadcast.EmitAsync(name, rest))
        .On("do-emit", (SocketServer server, Socket socket, Target target, string name, EventArguments rest) => target.Of(server, socket).EmitAsync(name, rest))
        .On("do-ask", async (SocketServer server, Socket socket, Target target, int timeout, string name, EventArguments rest) =>
            await AnswersAsync(target.Of(server, socket).Timeout(TimeSpan.FromMilliseconds(timeout)).EmitWithAckAsync(name, rest)))
        .On("do-join", (SocketServer server, Socket socket, Target target, string room) => target.Of(server, socket).SocketsJoinAsync(room))
        .On("do-leave", (SocketServer server, Socket socket, Target target, string room) => target.Of(server, socket).SocketsLeaveAsync(room))
        .On("do-disconnect", (SocketServer server, Socket socket, Target target, bool close) => target.Of(server, socket).DisconnectSocketsAsync(close))
        .On("do-fetch", async (SocketServer server, Socket socket, Target target) =>
            (await target.Of(server, socket).FetchSocketsAsync()).Select(found => new { found.Id, found.Rooms, found.Data, Handshake = Shown(found.Handshake) }))
        .On("do-server-emit", (SocketServer server, Socket socket, string name, EventArguments rest) => server.ServerSideEmitAsync(socket.Namespace, name, rest))
        .On("do-server-ask", (SocketServer server, Socket socket, string name, EventArguments rest) => AnswersAsync(server.ServerSideEmitWithAckAsync(socket.Namespace, name, rest)))
        .OnServerEvent("news", (SocketServer server, EventArguments rest) => server.Of(gateway.Namespace).Local.EmitAsync("news-here", rest))
        .OnServerEvent("add", (int a, int b) => a + b);

    private static async Task<object> AnswersAsync(Task<IReadOnlyList<EventArguments>> asked)
    {
        try
        {
            return new { answers = Shown(await asked) };
        }
        catch (AckTimeoutException e)
        {
            return new { answers = Shown(e.Answers), missing = e.Missing };
        }
    }

    private static IEnumerable<string?> Shown(IReadOnlyList<EventArguments> answers) =>
        answers.Select(answer => answer.Count == 0 ? null : answer.IsBinary(0) ? $"bytes {Convert.ToHexStringLower(answer.Binary(0).Span)}" : answer[0].GetRawText());

    private static object Shown(Handshake handshake) => new { handshake.Headers, handshake.Query, handshake.Auth, handshake.Url, handshake.Address, handshake.Secure, handshake.XDomain };

    /// <summary>Whom an order is for.</summary>
    public sealed record Target(string[]? To = null, string[]? Except = null, bool Volatile = false, bool Local = false)
    {
        public Emitter Of(SocketServer server, Socket socket)
        {
            var emitter = server.Of(socket.Namespace);
            foreach (var room in To ?? []) emitter = emitter.To(room);
            foreach (var room in Except ?? []) emitter = emitter.Except(room);
            if (Volatile) emitter = emitter.Volatile;
            return Local ? emitter.Local : emitter;
        }
    }
}
