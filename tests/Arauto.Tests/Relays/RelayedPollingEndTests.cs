using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Transports.EngineIo;

namespace Arauto.Tests.Relays;

/// <summary>How sessions end whose GET and POST come in on another node.</summary>
public sealed class RelayedPollingEndTests : EngineIoPollingEndTests
{
    private protected override Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartRelayedAsync(configure, handler, time, node);

    /// <summary>A body is read where it comes in, so only what has been read overlaps.</summary>
    [Fact]
    public override async Task A_second_POST_while_one_is_read_closes_the_session()
    {
        await using var server = await StartAsync();
        server.Handler.Message = static async (session, _) => await Task.Delay(Timeout.Infinite, session.Closed);
        var sid = await server.OpenAsync();
        var first = server.PostAsync(sid, "4a");
        await server.Handler.CallAsync("text a");

        (await server.PostAsync(sid, "4b")).IsBadRequest();

        (await first).IsBadRequest();
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        Assert.Equal(["opened", "text a", "closed transport error"], server.Handler.Calls);
    }
}
