using Arauto.Gateways;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo.Conformance;

/// <summary>A node with the handlers that the suite of the protocol needs, at several addresses with different options.</summary>
public sealed class ConformanceNode : IAsyncLifetime
{
    /// <summary>Without recovery.</summary>
    public const string Plain = "/plain/";

    /// <summary>Where a client must join a namespace in three seconds.</summary>
    public const string Impatient = "/impatient/";

    /// <summary>With recovery.</summary>
    public const string Recovering = "/recovering/";

    /// <summary>With recovery, and clients that do not answer pings are given up soon.</summary>
    public const string Strict = "/strict/";

    private TestNode? _node;

    public Uri Http => _node!.Http;

    internal SocketServer Sockets => _node!.Get<SocketServer>();

    /// <summary>How often the main namespace was asked whether somebody may enter.</summary>
    public int Askings { get; private set; }

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync(
        options => options.Limits.CommandsPerSecond = 0,
        map: application =>
        {
            Map(Plain, options => options.Recovery = false);
            Map(Impatient, options =>
            {
                options.Recovery = false;
                options.ConnectTimeout = TimeSpan.FromSeconds(3);
            });
            Map(Recovering, _ => { });
            Map(Strict, options => (options.Engine.PingInterval, options.Engine.PingTimeout) = (TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1)));
            Fill(application.MapGateway("/")).OnConnecting((ConnectContext context) => { Askings++; });
            Fill(application.MapGateway("/custom"));
            application.MapGateway("/no").OnConnecting((ConnectContext context) => context.Refuse("No entry", new { code = 42 }));
            application.MapGateway("/closed").OnConnecting((ConnectContext context) => context.Refuse("No entry"));

            void Map(string path, Action<SocketIoOptions> configure) => application.MapSocketIo(path, options =>
            {
                options.AllowAnonymous = true;
                options.Engine.CheckLimits = false;
                configure(options);
            });
        });

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    private static GatewayBuilder Fill(GatewayBuilder gateway) => gateway
        .OnConnected((Socket socket) => socket.EmitAsync("auth", socket.Handshake.Auth))
        .On("message", (Socket socket, EventArguments arguments) => socket.EmitAsync("message-back", arguments))
        .On("message-with-ack", (EventArguments arguments) => arguments)
        .On("twice", async (Acknowledgement acknowledge) =>
        {
            await acknowledge("first");
            await acknowledge("second");
        })
        .On("ask-me", (Socket socket, EventArguments arguments) => socket.EmitWithAckAsync("question", arguments))
        .On("nested", (Socket socket) => socket.EmitAsync("nested-back", new { z = new byte[] { 1 }, a = new object[] { new byte[] { 2 }, new { b = Array.Empty<byte>() } } }, new byte[] { 3 }))
        .On("join", async (Socket socket, string room) =>
        {
            await socket.JoinAsync(room);
            return "ok";
        })
        .On("note", (Socket socket, string text) => { socket.Data["note"] = text; })
        .On("notes", (Socket socket) => socket.Data.GetValueOrDefault("note"))
        .On("leave", (Socket socket) => socket.DisconnectAsync())
        .On("close", (Socket socket) => socket.DisconnectAsync(closeConnection: true));
}
