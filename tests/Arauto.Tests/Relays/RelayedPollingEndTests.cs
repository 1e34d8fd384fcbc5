using System.Text;
using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Transports.EngineIo;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Relays;

/// <summary>How sessions end whose GET and POST come in on another node.</summary>
public sealed class RelayedPollingEndTests : EngineIoPollingEndTests
{
    private protected override Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartRelayedAsync(configure, handler, time, node);

    /// <summary>A body is read where it comes in, which the session's node does not see.</summary>
    [Fact]
    public override async Task A_second_POST_while_one_is_read_closes_the_session()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var client = await RawWebSocket.ConnectAsync(server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, "Content-Length: 2\r\n") + "4"));

        (await server.PostAsync(sid, "4b")).IsPayload("ok");

        await client.SendAsync("a"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync());
        Assert.Equal(["opened", "text b", "text a"], server.Handler.Calls);
    }
}
