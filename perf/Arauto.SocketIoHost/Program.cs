// The work of perf/peers/socketio/server.js with the library: joins clients to rooms and passes on what they publish.
// Prints its port. Recovery is on, as by default: every message has its place in the room's log.

using Arauto;
using Arauto.Gateways;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
// As the server does it; see perf/README.md, fanout.
var inPlace = Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS") == "1";
builder.WebHost.UseUrls("http://127.0.0.1:0").UseSockets(sockets => sockets.UnsafePreferInlineScheduling = inPlace);
builder.Services.AddArauto(options =>
{
    options.Limits.ConnectionsPerUser = 0;
    options.Limits.ConnectionsPerSecond = 0;
    options.Redis = Environment.GetEnvironmentVariable("REDIS_URL");
});

await using var app = builder.Build();
app.MapArauto(socketIo => socketIo.AllowAnonymous = true);
app.MapGateway("/")
    .On("join", (Socket socket, string room) => socket.JoinAsync(room))
    .On("publish", (SocketServer sockets, string room, string text) => sockets.To(room).EmitAsync("message", text));

await app.StartAsync();
Console.WriteLine(new Uri(app.Urls.First()).Port);
await app.WaitForShutdownAsync();
